// The rows of the table, made once of the data: one for each field of a change, or for the change where it has none.
const [REFUSED, DRIFT, HELD, UNCOMMITTED, UNSYNCED, SETTLING] = [1, 2, 4, 8, 16, 32];
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

function plannedRow(change, number, field) {
  const [account, kind, name, title, verb, remote, reason, file, line, uses, flags] = change;
  const row = { number, account: nameOf(account), kind: nameOf(kind), name, title, verb: nameOf(verb), remote, reason: named("reason", reason), uses };
  row.path = field ? nameOf(field[0]) : "";
  row.module = field ? nameOf(field[1]) : "";
  row.before = field ? field[2] : null;
  row.after = field ? field[3] : null;
  row.place = field && field[4] >= 0 ? placeOf(field[4], field[5], name) : placeOf(file, line, name);
  row.flags = flags | (field ? field[6] : 0);
  row.because = field ? field[7] : "";
  row.lowest = field ? field[8] : undefined;
  if (row.path === "stock.status") [row.before, row.after] = [row.before, row.after].map((each) => (each === null ? null : named("status", each)));
  row.share = shareOf(row.before, row.after);
  row.ends = row.verb === "end" || row.verb === "delete";
  row.zero = row.path === "stock.quantity" && row.verb !== "create" && row.before !== 0 && row.before !== null && piecesAfter(row) === 0;
  row.quiet = (row.flags & (HELD | UNSYNCED | SETTLING)) !== 0;
  row.must = !row.quiet && ((row.flags & REFUSED) !== 0 || row.ends || row.zero);
  return row;
}

function plannedRows() {
  const rows = [];
  DATA.rows.forEach((change, number) => {
    const fields = change[11];
    if (!fields.length) rows.push(plannedRow(change, number, null));
    else for (const field of fields) rows.push(plannedRow(change, number, field));
  });
  // What must be read stands first; the rest as it was planned.
  const rank = (row) => (row.must ? (row.flags & REFUSED ? 0 : row.ends ? 1 : 2) : row.quiet ? 4 : 3);
  return rows.map((row) => [rank(row), row]).sort((one, other) => one[0] - other[0]).map(([, row]) => row);
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
  if (row.text === undefined) {
    const values = isPlan ? [row.before, row.after].map((each) => (typeof each === "string" ? each : each === null ? "" : sayValue(each))) : [row.said];
    row.text = [row.name, row.title, row.path, row.path ? named("field", row.path) : "", row.place, row.remote, ...values].join("\n").toLocaleLowerCase(WORDS.locale);
  }
  return row.text;
}

/** What a row is, in the words of the list of kinds. */
const KINDS = {
  up: (row) => row.share > 0, down: (row) => row.share !== null && row.share < 0, zero: (row) => row.zero,
  refused: (row) => row.flags & REFUSED, drift: (row) => row.flags & DRIFT, held: (row) => row.flags & HELD,
  unsynced: (row) => row.flags & UNSYNCED, uncommitted: (row) => row.flags & UNCOMMITTED,
};

const NOTHING = { text: "", module: "", kind: "", account: "", must: false, from: null, to: null, number: null };
const filter = { ...NOTHING };
const listeners = [];

/** Change the filter; `only` forgets what it was before. Whoever shows it is told. */
function choose(changes, only) {
  Object.assign(filter, only ? NOTHING : {}, changes);
  listeners.forEach((each) => each());
}

function chosen() {
  const words = filter.text.toLocaleLowerCase(WORDS.locale).split(/\s+/).filter(Boolean);
  return ROWS.filter((row) => {
    if (filter.must && !row.must) return false;
    if (filter.module && row.module !== filter.module) return false;
    if (filter.account && row.account !== filter.account) return false;
    if (filter.kind && !(KINDS[filter.kind] ? KINDS[filter.kind](row) : row.verb === filter.kind)) return false;
    if (filter.number !== null && row.number !== filter.number) return false;
    if (filter.from !== null && (row.share === null || row.quiet || row.share < filter.from || row.share >= filter.to)) return false;
    return words.every((word) => textOf(row).includes(word));
  });
}
