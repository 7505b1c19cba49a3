// The rows of the table, made once of the data: one for each field of a change, or for the change where it has none.
const [REFUSED, DRIFT, HELD, UNCOMMITTED, UNSYNCED, SETTLING, BEFORE] = [1, 2, 4, 8, 16, 32, 64];
const isPlan = DATA.sort === "plan";
const nameOf = (number) => (number < 0 ? "" : DATA.names[number]);
/** A file is mostly called as its offer: a break of line stands for the name. */
const placeOf = (file, line, name) => (file < 0 ? "" : `${nameOf(file).replace("\n", () => name)}:${line}`);

/** What a stock number comes to. */
const piecesAfter = (row) => (tagOf(row.after) === "+" ? (row.before || 0) + row.after[1] : row.after);

/** By how much a price moves, in per cent; null where that cannot be said. */
function shareOf(before, after) {
  if (!isMoney(before) || !isMoney(after) || before[2] !== after[2] || !(Number(before[1]) > 0)) return null;
  return ((Number(after[1]) - Number(before[1])) / Number(before[1])) * 100;
}

/** One field of a change. What only rows in sight are asked for is made when it is asked for. */
class PlannedRow {
  constructor(change, number, field) {
    this.change = change;
    this.field = field;
    this.number = number;
    this.verb = DATA.names[change[4]];
    this.path = field ? DATA.names[field[0]] : "";
    this.before = field ? field[2] : null;
    this.after = field ? field[3] : null;
    this.flags = change[10] | (field ? field[6] : 0);
    if (this.path === "stock.status") [this.before, this.after] = [this.before, this.after].map((each) => (each === null ? null : named("status", each)));
    this.share = shareOf(this.before, this.after);
    this.ends = this.verb === "end" || this.verb === "delete";
    this.zero = this.path === "stock.quantity" && this.verb !== "create" && this.before !== 0 && this.before !== null && piecesAfter(this) === 0;
    this.quiet = (this.flags & (HELD | UNSYNCED | SETTLING)) !== 0;
    this.must = !this.quiet && ((this.flags & REFUSED) !== 0 || this.ends || this.zero);
    this.text = "";
  }
  get account() { return nameOf(this.change[0]); }
  get kind() { return nameOf(this.change[1]); }
  get key() { return this.change[2]; }
  get file() { return this.change[12] || this.key; }
  get name() { return this.change[12] ? `${this.change[12]} (sku ${this.key})` : this.key; }
  get title() { return this.change[3]; }
  get remote() { return this.change[5]; }
  get reason() { return sayKnown(this.change[6]); }
  get uses() { return this.change[9]; }
  get module() { return this.field ? nameOf(this.field[1]) : ""; }
  get lowest() { return this.field ? this.field[8] : undefined; }
  get because() { return this.field ? this.field[7].split("; ").map(sayKnown).join("; ") : ""; }
  get place() { return this.field && this.field[4] >= 0 ? placeOf(this.field[4], this.field[5], this.file) : placeOf(this.change[7], this.change[8], this.file); }
}

function plannedRows() {
  const rows = [];
  DATA.rows.forEach((change, number) => {
    const fields = change[11];
    if (!fields.length) rows.push(new PlannedRow(change, number, null));
    else for (const field of fields) rows.push(new PlannedRow(change, number, field));
  });
  // What must be read stands first; the rest as it was planned.
  const ranks = [[], [], [], [], []];
  for (const row of rows) ranks[row.must ? (row.flags & REFUSED ? 0 : row.ends ? 1 : 2) : row.quiet ? 4 : 3].push(row);
  return ranks.flat();
}

const RESULTS = ["refused", "unknown", "skipped", "applied"];

function reportedRows() {
  const rows = DATA.rows.map(([account, kind, name, result, remote, said, flags], number) => ({
    number, account: nameOf(account), kind: nameOf(kind), name, title: "", verb: nameOf(result), remote, said, flags, place: "", path: "", share: null,
    must: nameOf(result) === "refused" || nameOf(result) === "unknown",
  }));
  return rows.map((row) => [RESULTS.indexOf(row.verb), row]).sort((one, other) => one[0] - other[0]).map(([, row]) => row);
}

const ROWS = isPlan ? plannedRows() : reportedRows();
const prices = ROWS.filter((row) => row.share !== null && row.share !== 0 && !row.quiet && Number(row.after[1]) > 0);

/** What is searched in a row, in small letters; made when it is first asked for. */
function textOf(row) {
  if (!row.text) {
    const values = isPlan ? [row.before, row.after].map((each) => (typeof each === "string" ? each : each === null ? "" : sayValue(each))) : [row.said];
    row.text = [row.name, row.title, row.path, row.path ? named("field", row.path) : "", row.place, row.remote, ...values].join("\n").toLowerCase();
  }
  return row.text;
}

const PORTION = 4000;

/** Make what is searched while nobody waits for anything, so that the first search is as fast as the next. */
function makeTexts(from = 0) {
  const to = Math.min(ROWS.length, from + PORTION);
  for (let at = from; at < to; at += 1) textOf(ROWS[at]);
  if (to < ROWS.length) setTimeout(() => makeTexts(to), 0);
}

/** What a row is, in the words of the list of kinds. */
const KINDS = {
  up: (row) => row.share > 0, down: (row) => row.share !== null && row.share < 0, zero: (row) => row.zero,
  refused: (row) => row.flags & REFUSED, drift: (row) => row.flags & DRIFT, held: (row) => row.flags & HELD,
  unsynced: (row) => row.flags & UNSYNCED, uncommitted: (row) => row.flags & UNCOMMITTED, before: (row) => row.flags & BEFORE,
};

const NOTHING = { text: "", module: "", kind: "", account: "", must: false, from: null, to: null, number: null, alike: null };
const filter = { ...NOTHING };
const listeners = [];

/** Change the filter; `only` forgets what it was before. Whoever shows it is told. */
function choose(changes, only) {
  Object.assign(filter, only ? NOTHING : {}, changes);
  listeners.forEach((each) => each());
}

function chosen() {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return ROWS.filter((row) => {
    if (filter.must && !row.must) return false;
    if (filter.module && row.module !== filter.module) return false;
    if (filter.account && row.account !== filter.account) return false;
    if (filter.kind && !(KINDS[filter.kind] ? KINDS[filter.kind](row) : row.verb === filter.kind)) return false;
    if (filter.number !== null && row.number !== filter.number) return false;
    if (filter.alike && !isAmong(filter.alike, row)) return false;
    if (filter.from !== null && (row.share === null || row.quiet || row.share < filter.from || row.share >= filter.to)) return false;
    return words.every((word) => textOf(row).includes(word));
  });
}
