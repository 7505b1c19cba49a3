// A row opened: the whole change, both sides beside each other, the words that differ marked.
const detail = h("dialog.detail", { "aria-labelledby": "detail-name" });
const MOST_PAIRS = 1_000_000;

/** Tell the words of two texts apart: [kind, text] with kind 0 the same, -1 gone, 1 come. */
function differing(before, after) {
  const [old, now] = [before.match(/\s+|<[^>]*>|[^\s<]+|</g) || [], after.match(/\s+|<[^>]*>|[^\s<]+|</g) || []];
  let left = 0;
  while (left < old.length && left < now.length && old[left] === now[left]) left += 1;
  let right = 0;
  while (right < old.length - left && right < now.length - left && old[old.length - 1 - right] === now[now.length - 1 - right]) right += 1;
  const [a, b] = [old.slice(left, old.length - right), now.slice(left, now.length - right)];
  const middle = a.length * b.length > MOST_PAIRS ? [[-1, a.join("")], [1, b.join("")]] : longest(a, b);
  return [[0, old.slice(0, left).join("")], ...middle, [0, old.slice(old.length - right).join("")]].filter(([, text]) => text);
}

/** The longest run of words that both have; quadratic, so it is asked of the middle only. */
function longest(a, b) {
  const wide = b.length + 1;
  const most = new Uint32Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; i -= 1) for (let j = b.length - 1; j >= 0; j -= 1) most[i * wide + j] = a[i] === b[j] ? most[(i + 1) * wide + j + 1] + 1 : Math.max(most[(i + 1) * wide + j], most[i * wide + j + 1]);
  const found = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { found.push([0, a[i]]); i += 1; j += 1; }
    else if (j >= b.length || (i < a.length && most[(i + 1) * wide + j] >= most[i * wide + j + 1])) { found.push([-1, a[i]]); i += 1; }
    else { found.push([1, b[j]]); j += 1; }
  }
  return found;
}

/** Take a value apart into lines: its way and what stands there. */
function linesOf(value, way = "") {
  const tag = tagOf(value);
  if (tag !== "[" && tag !== "{") return value === null || value === undefined ? [] : [[way, value]];
  const found = [];
  if (tag === "{") for (let at = 1; at < value.length; at += 2) found.push(...linesOf(value[at + 1], way ? `${way} · ${value[at]}` : value[at]));
  else value.slice(1).forEach((each, at) => found.push(...linesOf(each, way ? `${way} · ${at + 1}` : String(at + 1))));
  return found;
}

const spelled = (value) => (value === undefined ? "" : typeof value === "string" ? value : sayValue(value));

/** Compare two values line by line: both sides by their ways, all ways, and those that differ. */
function compared(before, after) {
  const [old, now] = [new Map(linesOf(before)), new Map(linesOf(after))];
  const ways = [...new Set([...old.keys(), ...now.keys()])];
  return { old, now, ways, rows: ways.filter((way) => spelled(old.get(way)) !== spelled(now.get(way))) };
}

const nested = (value) => ["[", "{"].includes(tagOf(value));

/** What a row says on one line: of a value with parts the one that differs, or how many do. */
function lineOf(row) {
  if (!nested(row.before) || !nested(row.after)) return { way: "", before: row.before, after: row.after, share: row.share };
  const { old, now, rows } = compared(row.before, row.after);
  if (rows.length !== 1) return { way: "", before: row.before, after: rows.length ? many("differ", rows.length) : row.after, share: null };
  const [before, after] = [old.get(rows[0]) ?? null, now.get(rows[0]) ?? null];
  return { way: rows[0], before, after, share: shareOf(before, after) };
}

function sideBySide(before, after) {
  const { old, now, ways, rows } = compared(before, after);
  const side = (parts, skip, kind) => h(`div.side.${kind}`, {}, ...parts.filter(([what]) => what !== skip).map(([what, text]) => (what ? h(what < 0 ? "del" : "ins", {}, text) : text)));
  const pair = (way) => {
    const parts = differing(spelled(old.get(way)), spelled(now.get(way)));
    return h("div.pair", {}, way ? h("div.way", {}, way) : null, side(parts, 1, "was"), side(parts, -1, "would"));
  };
  return [...rows.map(pair), ways.length > rows.length ? h("p.quiet", {}, many("same", ways.length - rows.length)) : null];
}

const resolved = (row) => (tagOf(row.after) === "+" && typeof row.before === "number" ? piecesAfter(row) : row.after);

/** The lowest price before a reduction, and since when it is known where that is less than 30 days. */
const lowestSaid = ([price, since]) => (price === null ? say("lowest_unknown") : since ? say("lowest_since", sayValue(price), since.slice(0, 10)) : say("lowest", sayValue(price)));

function fieldBlock(row, current) {
  return h(`section.field${current ? ".current" : ""}`, {},
    h("h3", {}, h("span", {}, named("field", row.path)), row.share !== null ? h(`span.${row.must ? "red" : "quiet"}`, {}, sayPercent(row.share)) : null, ...badgesOf(row)),
    h("div.pair.names", {}, h("div.quiet", {}, say("was")), h("div.quiet", {}, say("would"))), ...sideBySide(row.before, resolved(row)),
    row.lowest ? h("p.lowest", {}, lowestSaid(row.lowest)) : null, row.because ? h("p", {}, `${say("why")}: ${row.because}`) : null, row.place ? h("p.place", {}, row.place) : null);
}

/** What the guards say of it, in full. */
function refusedBy(row) {
  const rules = DATA.guards.filter((guard) => guard.account === row.account && guard.rows.some(([kind, name]) => kind === row.kind && name === row.key));
  return rules.map((guard) => h("p.red", {}, h("b", {}, `${guard.rule}: `), guardSaid(guard)));
}

/** Open a row; `previous` and `next` go on along the table. */
function openRow(row) {
  const at = table.rows.indexOf(row);
  if (at >= 0) table.at = at;
  const mine = isPlan ? ROWS.filter((each) => each.number === row.number) : [row];
  const step = (by) => () => { move(by); openRow(table.rows[table.at]); };
  const facts = [named("sort", row.kind), row.account, row.remote ? `${say("number")} ${row.remote}` : "", row.uses ? many("uses", row.uses) : ""].filter(Boolean).join(" · ");
  detail.replaceChildren(
    h("div.bar", {}, h("button", { type: "button", click: step(-1) }, say("previous")), h("button", { type: "button", click: step(1) }, say("next")), h("span.space"), h("button", { type: "button", click: () => detail.close() }, say("close"))),
    h("h2", { id: "detail-name" }, row.title || row.name), h("p.quiet", {}, row.title ? `${row.name} · ${facts}` : facts),
    h("p", {}, badge(row.must ? "red" : "grey", say(isPlan ? `verb.${row.verb}` : `result.${row.verb}`)), row.reason ? ` ${row.reason}` : ""),
    ...(isPlan ? refusedBy(row) : []),
    ...(isPlan ? mine.filter((each) => each.path).map((each) => fieldBlock(each, each === row && mine.length > 1)) : sayLines(row.said).map((line) => h("p.said", {}, line))),
  );
  if (!detail.open) detail.showModal();
  detail.scrollTop = 0;
  detail.querySelector(".current")?.scrollIntoView({ block: "nearest" });
  draw(true);
}
