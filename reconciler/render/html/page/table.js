// The table: only the rows in sight are in the page, so 100,000 scroll as ten do.
const table = { rows: [], at: 0, sort: "", down: false, height: 36, first: -1, last: -1 };

const SORTS = {
  name: (row) => row.name, path: (row) => row.path, place: (row) => row.place, verb: (row) => row.verb, said: (row) => row.said,
  was: (row) => sizeOf(row.before), would: (row) => sizeOf(row.after), change: (row) => row.share ?? (typeof row.before === "number" && row.after !== null ? piecesAfter(row) - row.before : null),
};
const sizeOf = (value) => (isMoney(value) ? Number(value[1]) : typeof value === "number" ? value : value === null ? null : sayValue(value));
const collator = new Intl.Collator(WORDS.locale, { numeric: true });

/** Nothing comes last, numbers before texts. */
function compare(one, other) {
  if (one === null || other === null) return (one === null) - (other === null);
  if (typeof one === "number" && typeof other === "number") return one - other;
  return collator.compare(String(one), String(other));
}

function sorted(rows) {
  if (!table.sort) return rows;
  const keyed = rows.map((row) => [SORTS[table.sort](row), row]);
  const turn = table.down ? -1 : 1;
  return keyed.sort((one, other) => (one[0] === null || other[0] === null ? compare(one[0], other[0]) : turn * compare(one[0], other[0]))).map(([, row]) => row);
}

const COLUMN_NAMES = isPlan ? ["name", "path", "was", "would", "change", "place"] : ["name", "result", "said"];

function headings() {
  const heading = (name) => {
    const sort = name === "result" ? "verb" : name;
    return h(`div.${name}`, { role: "columnheader", "aria-sort": table.sort === sort ? (table.down ? "descending" : "ascending") : "none" },
      h("button", { type: "button", click: () => { table.down = table.sort === sort && !table.down; table.sort = sort; update(); } }, say(`col.${name}`), h("span", { "aria-hidden": "true" }, table.sort === sort ? (table.down ? " ↓" : " ↑") : "")));
  };
  return h("div.row.head", { role: "row" }, ...COLUMN_NAMES.map(heading));
}

const badge = (kind, word) => h(`span.badge.${kind}`, {}, word);

function badgesOf(row) {
  const found = [];
  if (row.flags & REFUSED) found.push(badge("red", say("refused")));
  if (row.flags & DRIFT) found.push(badge("amber", say("drift")));
  if (row.flags & HELD) found.push(badge("grey", say("held")));
  if (row.flags & UNSYNCED) found.push(badge("grey", say("unsynced")));
  if (row.flags & SETTLING) found.push(badge("grey", say("settling")));
  if (row.flags & UNCOMMITTED) found.push(badge("grey", say("uncommitted")));
  if (row.flags & BEFORE) found.push(badge("grey", say("asked_before")));
  return found;
}

function changeOf(row, share = row.share) {
  if (share !== null) return sayPercent(share);
  if (typeof row.before === "number" && row.after !== null && row.path) {
    const gain = piecesAfter(row) - row.before;
    if (typeof gain === "number" && !Number.isNaN(gain)) return `${gain > 0 ? "+" : ""}${whole.format(gain)}`;
  }
  return "";
}

/** Say a value in so few letters that a row holds it. */
const short = (value, row) => {
  const text = tagOf(value) === "+" && typeof row.before === "number" ? whole.format(piecesAfter(row)) : sayValue(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

function plannedCells(row) {
  const verb = row.path && row.verb === "update" ? "" : say(`verb.${row.verb}`);
  const line = lineOf(row);
  const path = [verb, row.path ? named("field", row.path) : "", line.way].filter(Boolean).join(" · ");
  return [
    h("div.name", { role: "cell", title: row.title || row.name }, row.kind === "Offer" ? row.name : `${named("sort", row.kind)} ${row.name}`),
    h("div.path", { role: "cell", title: [row.path, line.way].filter(Boolean).join(" · ") }, h("span", {}, path), ...badgesOf(row)),
    h("div.was", { role: "cell" }, row.path && line.before !== null ? short(line.before, row) : ""),
    h("div.would", { role: "cell" }, row.path ? short(line.after, row) : row.reason),
    h(`div.change.${row.must ? "red" : Math.abs(row.share || 0) >= 25 ? "amber" : "calm"}`, { role: "cell" }, changeOf(row, line.share)),
    h("div.place", { role: "cell", title: row.place }, row.place),
  ];
}

function reportedCells(row) {
  const kinds = { applied: "green", refused: "red", skipped: "amber", unknown: "amber" };
  return [
    h("div.name", { role: "cell" }, row.kind === "Offer" ? row.name : `${named("sort", row.kind)} ${row.name}`),
    h("div.result", { role: "cell" }, badge(kinds[row.verb], say(`result.${row.verb}`)), row.flags & 2 ? badge("grey", say("settling")) : null),
    h("div.said", { role: "cell" }, sayLines(row.said).join(" · ")),
  ];
}

function tableRow(row, at) {
  const made = h(`div.row${row.must ? ".must" : ""}${row.quiet ? ".quiet" : ""}`, { role: "row", "aria-rowindex": at + 2, "data-at": at, "aria-selected": at === table.at ? "true" : "false", click: () => { table.at = at; openRow(row); } }, ...(isPlan ? plannedCells(row) : reportedCells(row)));
  made.style.top = `${at * table.height}px`;
  return made;
}

function draw(again) {
  const { body, box } = table;
  const first = Math.max(0, Math.floor(box.scrollTop / table.height) - 8);
  const last = Math.min(table.rows.length, Math.ceil((box.scrollTop + box.clientHeight) / table.height) + 8);
  if (!again && first === table.first && last === table.last) return;
  [table.first, table.last] = [first, last];
  body.style.height = `${table.rows.length * table.height}px`;
  body.replaceChildren(...table.rows.slice(first, last).map((row, at) => tableRow(row, first + at)));
}

/** Show what the filter lets through. */
function update() {
  table.rows = sorted(chosen());
  table.at = Math.min(table.at, Math.max(0, table.rows.length - 1));
  table.count.textContent = many("rows", table.rows.length);
  table.none.hidden = table.rows.length > 0;
  table.grid.setAttribute("aria-rowcount", table.rows.length + 1);
  table.head.replaceChildren(headings());
  table.box.scrollTop = 0;
  showChips();
  draw(true);
}

function showChips() {
  const chips = [];
  if (filter.from !== null) chips.push(say("chip.moves", sayPercent(filter.from), filter.to === Infinity ? "∞" : sayPercent(filter.to)));
  if (filter.number !== null) chips.push(DATA.rows[filter.number][2]);
  if (filter.alike) chips.push(filter.alike.label);
  const filtered = Object.keys(NOTHING).some((name) => filter[name] !== NOTHING[name]);
  table.chips.replaceChildren(...chips.map((each) => badge("grey", each)), ...(filtered ? [h("button.link", { type: "button", click: () => choose({}, true) }, say("clear"))] : []));
  for (const [name, control] of Object.entries(table.controls)) {
    if (control.type === "checkbox") control.checked = filter[name];
    else if (control.value !== filter[name]) control.value = filter[name];
  }
}

/** Move the chosen row and keep it in sight. */
function move(by) {
  if (!table.rows.length) return;
  table.at = Math.min(table.rows.length - 1, Math.max(0, table.at + by));
  const top = table.at * table.height;
  if (top < table.box.scrollTop) table.box.scrollTop = top;
  else if (top + table.height > table.box.scrollTop + table.box.clientHeight) table.box.scrollTop = top + table.height - table.box.clientHeight;
  draw(true);
}

function options(name, first, values) {
  const control = h("select", { "aria-label": first, change: (event) => choose({ [name]: event.target.value }) }, h("option", { value: "" }, first), ...values.map(([value, label]) => h("option", { value }, label)));
  table.controls[name] = control;
  return control;
}

function tools() {
  table.controls = {};
  const there = (each) => [...new Set(ROWS.map(each))].filter(Boolean).sort(collator.compare);
  const search = h("input", { type: "search", id: "search", placeholder: `${say("search")}  /`, "aria-label": say("search"), autocomplete: "off", input: (event) => choose({ text: event.target.value }) });
  table.controls.text = search;
  const must = h("input", { type: "checkbox", change: (event) => choose({ must: event.target.checked }) });
  table.controls.must = must;
  const kinds = isPlan ? [...there((row) => row.verb).map((verb) => [verb, say(`verb.${verb}`)]), ...Object.keys(KINDS).filter((kind) => ROWS.some(KINDS[kind])).map((kind) => [kind, say(`kind.${kind}`)])] : there((row) => row.verb).map((each) => [each, say(`result.${each}`)]);
  const accounts = there((row) => row.account);
  table.count = h("span.quiet", { "aria-live": "polite" });
  table.chips = h("span.chips");
  return h("div.tools", {}, search,
    isPlan ? options("module", say("all_modules"), there((row) => row.module).map((each) => [each, named("module", each)])) : null,
    options("kind", say(isPlan ? "all_kinds" : "all_results"), kinds),
    accounts.length > 1 ? options("account", say("all_accounts"), accounts.map((each) => [each, each])) : null,
    h("label", {}, must, ` ${say("outliers")}`), table.chips, h("span.space"), table.count, h("button.link", { type: "button", click: exportRows }, say("export")));
}

/** Make a cell of CSV; a spreadsheet takes none for a formula. */
const csvCell = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

function exportRows() {
  const line = (row) => (isPlan ? [row.account, row.kind, row.name, row.verb, row.path, row.before === null ? "" : sayValue(row.before), row.after === null ? "" : sayValue(row.after), changeOf(row), row.place] : [row.account, row.kind, row.name, row.verb, row.said]);
  const heads = isPlan ? ["account", "kind", "name", "verb", "field", "before", "after", "change", "place"] : ["account", "kind", "name", "result", "said"];
  const text = [heads, ...table.rows.map(line)].map((cells) => cells.map(csvCell).join(",")).join("\r\n");
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  h("a", { href: address, download: `${DATA.sort}-${DATA.id}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function tableCard() {
  table.head = h("div", { role: "rowgroup" });
  table.body = h("div.body", { role: "rowgroup" });
  table.box = h("div.box", { tabindex: "0", scroll: () => draw(false) }, table.body);
  table.none = h("p.quiet.none", { hidden: true }, say("empty"));
  table.grid = h(`div.grid.${DATA.sort}`, { role: "table", "aria-label": many("rows", ROWS.length) }, table.head, table.box, table.none);
  return h("section.card", { id: "rows" }, tools(), table.grid, h(`div.${DATA.sort}`, { id: "printed" }));
}
