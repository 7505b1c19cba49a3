// What a decision needs: the verdict, the counts, what must be read, the charts.
const toTable = () => document.getElementById("rows").scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
/** Say a limit as a person would: `50 %`, `100 offers, 10 %`, `1,000 pieces, × 20`; nothing of one that is only on. */
function limitSaid(rule, limit) {
  if (limit === true) return "";
  if (typeof limit === "number") return whole.format(limit);
  if (typeof limit === "string") return rule === "price-change" ? `${sayAmount(limit)} %` : limit;
  if (Array.isArray(limit)) return limit.join(", ");
  return Object.entries(limit).map(([name, each]) => say(`limit.${name}`, sayAmount(String(each)))).join(", ");
}

/** Say a guard in the page's language, with its limit; one that the language has no words for speaks for itself. */
function guardSaid(guard) {
  const words = WORDS[`guard.${guard.rule}`];
  const limits = guard.limits.map((each) => limitSaid(guard.rule, each)).filter(Boolean).join("; ");
  if (!words) return guard.message;
  return limits ? `${words} (${say("limit", limits)})` : words;
}

function header() {
  const where = isPlan ? DATA.accounts.map((each) => `${each.login || each.name} · ${each.marketplace}`) : [];
  const title = isPlan ? (where.length > 3 ? `${where.slice(0, 3).join(", ")} …` : where.join(", ") || "reconcile") : say("report");
  document.title = `${title} · ${say(isPlan ? "plan" : "report")} ${DATA.id}`;
  return h("header", {}, h("h1", {}, title), h("p.quiet", {}, `${say("plan")} ${DATA.id} · `, h("time", { datetime: DATA.made }, sayMoment(DATA.made))));
}

/** One sentence that says how it stands, in the colour of it. */
function verdict(kind, strong, rest) {
  return h(`div.verdict.${kind}`, { role: "status" }, h("strong", {}, strong), rest ? h("span", {}, rest) : null);
}

function planVerdict() {
  const rules = [...new Set(DATA.guards.map((each) => each.rule))];
  if (rules.length) return verdict("bad", say("refused_by", rules.join(", ")), say("nothing_sent"));
  if (DATA.accounts.some((each) => each.problem || !each.complete)) return verdict("careful", say("not_all"), "");
  if (DATA.severities.error) return verdict("careful", say("errors_hold"), many("error", DATA.severities.error));
  return ROWS.some((row) => !row.quiet) ? verdict("good", say("ready"), "") : verdict("plain", say("nothing"), "");
}

function count(number, label, kind, act) {
  const inside = [h("b", {}, number), h("span", {}, label)];
  return act ? h(`button.count.${kind}`, { type: "button", click: act }, ...inside) : h(`div.count.${kind}`, {}, ...inside);
}

function planCounts() {
  const verbs = new Map();
  DATA.rows.forEach((change) => {
    const fields = change[11];
    const quiet = (change[10] & (UNSYNCED | SETTLING)) !== 0 || (fields.length && fields.every((field) => field[6] & HELD));
    if (!quiet) verbs.set(nameOf(change[4]), (verbs.get(nameOf(change[4])) || 0) + 1);
  });
  const kinds = { end: "red", delete: "red" };
  const show = (kind) => () => { choose({ kind }, true); toTable(); };
  const tiles = ["create", "adopt", "rename", "update", "activate", "end", "delete"].filter((verb) => verbs.get(verb))
    .map((verb) => count(whole.format(verbs.get(verb)), say(`count.${verb}`), kinds[verb] || "calm", show(verb)));
  const zeros = ROWS.filter((row) => row.zero && !row.quiet).length;
  if (zeros) tiles.push(count(whole.format(zeros), say("count.zero"), "red", show("zero")));
  const live = DATA.accounts.reduce((sum, each) => sum + (each.live || 0), 0);
  const facts = [live ? many("live", live) : "", DATA.requests ? `${whole.format(DATA.requests)} ${say("count.requests")}, ${saySeconds(DATA.seconds)}` : "",
    DATA.believed ? `${many("believed", DATA.believed)}, ${say("oldest", sayMoment(DATA.oldest))}` : "", DATA.lacking ? many("lacking", DATA.lacking) : ""];
  return h("div.counts", {}, ...tiles, h("p.quiet", {}, ...facts.filter(Boolean).map((each) => h("span", {}, each))));
}

function mustLine(kind, name, what, why, row) {
  const inside = [h("span.name", {}, name), h("span.what", {}, ...what), h("span.why", {}, why)];
  return h(`li.${kind}`, {}, row ? h("button", { type: "button", click: () => openRow(row) }, ...inside) : h("div", {}, ...inside));
}

/** Rows that guards refuse, each once with all of its rules. */
function refusals() {
  const found = new Map();
  for (const guard of DATA.guards) {
    if (!guard.rows.length) found.set(`${guard.account}\n${guard.rule}`, { guard, rules: [guard] });
    for (const row of guard.rows) {
      const key = [guard.account, ...row.slice(0, 3)].join("\n");
      if (!found.has(key)) found.set(key, { guard, row, rules: [] });
      found.get(key).rules.push(guard);
    }
  }
  return [...found.values()].map(({ guard, row, rules }) => {
    const said = [...new Set(rules.map((each) => WORDS[`guard.${each.rule}`] || each.rule))].join(", ");
    if (!row) return mustLine("bad", guard.rule, [guardSaid(guard)], "", null);
    const [kind, name, path, before, after, percent, place] = row;
    const mine = ROWS.find((each) => each.must && each.key === name && each.kind === kind && each.account === guard.account && (!path || path === each.path || path.startsWith(`${each.path}.`)));
    const what = path ? [`${sayValue(before)} → `, h("b", {}, sayValue(after)), percent === null ? "" : ` ${sayPercent(Number(percent))}`] : [];
    return mustLine("bad", kind === "Offer" ? name : `${named("sort", kind)} ${name}`, what, [said, place].filter(Boolean).join(" — "), mine);
  });
}

const SHOWN = 6;

/** Say what cannot be taken back; the plan's own sentence where the language has no words for it. */
function sayLasting([text, deed, kind, count, [days, hours], parts]) {
  if (!WORDS[`deed.${deed}`]) return text;
  const said = parts.map(([word, paths]) => say(`lasting.${word}`, days, paths.map((path) => named("field", path)).join(", "), hours));
  return `${say(`deed.${deed}`)} · ${named("sort", kind)} (${whole.format(count)}): ${said.join("; ")}`;
}

/** What is charged at once: the sum, up to what is allowed, and each offer that it is for. */
function feeSaid(account, [sum, allowed, rows]) {
  const most = allowed === null ? say("fees_any") : allowed.length ? say("fees_most", allowed.join(", ")) : say("fees_none");
  const head = [say("fees", sum), most].join(" · ");
  return h("details", {}, h("summary", {}, DATA.accounts.length > 1 ? `${account.name}: ${head}` : head), h("ul.plain", {}, ...rows.map(([name, cost]) => h("li", {}, `${name}: ${cost}`))));
}

function mustRead() {
  const card = h("section.card.urgent", { "aria-label": say("must") }, h("h2", {}, say("must")));
  const lines = refusals();
  const told = new Set();
  for (const row of ROWS) {
    if (lines.length > 400) break;
    if (row.quiet || told.has(row.number)) continue;
    if (row.ends || row.zero) told.add(row.number);
    if (row.ends) lines.push(mustLine("bad", row.name, [h("b", {}, say("ends"))], [row.reason, row.place].filter(Boolean).join(" — ") || say("verb.end"), row));
    else if (row.zero) lines.push(mustLine("bad", row.name, [`${sayValue(row.before)} → `, h("b", {}, "0")], [say("to_zero"), row.place].filter(Boolean).join(" — "), row));
  }
  for (const each of DATA.accounts) if (each.problem) lines.unshift(mustLine("bad", each.name, [say("problem", sayKnown(each.problem))], "", null));
  if (!lines.length) card.append(h("p.quiet", {}, say("must_none")));
  else card.append(h("ul", {}, ...lines.slice(0, SHOWN)));
  if (lines.length < SHOWN) card.append(...largestMoves(SHOWN - lines.length));
  if (lines.length > SHOWN) {
    const more = ROWS.filter((row) => row.must).length;
    card.append(h("button.link", { type: "button", click: () => { choose({ must: true }, true); toTable(); } }, say("more", whole.format(Math.max(lines.length, more) - SHOWN))));
  }
  for (const each of DATA.accounts) for (const fee of each.fees || []) card.append(feeSaid(each, fee));
  if (DATA.lasting.length) card.append(h("details", {}, h("summary", {}, say("lasting")), h("ul.plain", {}, ...DATA.lasting.map((each) => h("li", {}, sayLasting(each))))));
  return card;
}

const COLUMNS = {
  changed: (row) => !row.quiet, refused: (row) => row.flags & REFUSED, drift: (row) => row.flags & DRIFT,
  held: (row) => row.flags & HELD, unsynced: (row) => row.flags & UNSYNCED,
};

/** Where little must be read there is room for the prices that move most. */
function largestMoves(room) {
  const far = (row) => Math.abs(Math.log(Number(row.after[1]) / Number(row.before[1])));
  const calm = prices.filter((row) => !row.must);
  const most = [];
  for (const row of calm) {
    if (most.length < room || far(row) > far(most[most.length - 1])) {
      most.push(row);
      most.sort((one, other) => far(other) - far(one));
      most.length = Math.min(most.length, room);
    }
  }
  if (!most.length) return [];
  const line = (row) => mustLine("calm", row.name, [`${sayValue(row.before)} → `, h("b", {}, sayValue(row.after)), ` ${sayPercent(row.share)}`], row.place, row);
  return [h("h3", {}, say("moves")), h("ul", {}, ...most.map(line))];
}

/** Accounts by modules: offers that are equal; fields that change, are refused, moved, wait, are not synced; offers switched off. */
function matrixCard() {
  const cells = new Map();
  const cellOf = (account, module) => {
    const key = `${account}\n${module}`;
    if (!cells.has(key)) cells.set(key, { account, module, equal: 0, changed: 0, refused: 0, drift: 0, held: 0, unsynced: 0, off: 0 });
    return cells.get(key);
  };
  for (const row of ROWS) {
    if (!row.module) continue;
    const cell = cellOf(row.account, row.module);
    for (const [name, holds] of Object.entries(COLUMNS)) if (holds(row)) cell[name] += 1;
  }
  for (const account of DATA.accounts) for (const [name, count] of Object.entries(account.modules)) {
    const [what, module] = name.split(".");
    cellOf(account.name, module)[what] = count;
  }
  const shown = (name) => [...cells.values()].some((cell) => cell[name]);
  const columns = ["equal", ...Object.keys(COLUMNS), "off"].filter((name) => name === "changed" || shown(name));
  const several = DATA.accounts.length > 1;
  const number = (cell, name) => h("td", {}, cell[name] && !COLUMNS[name] ? whole.format(cell[name]) : cell[name] ? h("button.link", { type: "button", "aria-label": `${named("module", cell.module)}, ${say(`m.${name}`)}: ${cell[name]}`, click: () => { choose({ account: cell.account, module: cell.module, kind: name === "changed" ? "" : name }, true); toTable(); } }, whole.format(cell[name])) : "·");
  const rows = [...cells.values()].sort((one, other) => one.account.localeCompare(other.account) || other.changed - one.changed)
    .map((cell) => h("tr", {}, h("th", { scope: "row" }, (several ? `${cell.account} · ` : "") + named("module", cell.module)), ...columns.map((name) => number(cell, name))));
  return h("section.card.matrix", { "aria-label": say("matrix") }, h("h2", {}, say("matrix")), h("p.quiet", {}, say("matrix_sub")),
    h("table", {}, h("thead", {}, h("tr", {}, h("td"), ...columns.map((name) => h("th", { scope: "col", title: WORDS[`kind.${name}`] }, say(`m.${name}`))))), h("tbody", {}, ...rows)), ...besides(several).map((each) => h("p.quiet", {}, each)));
}

/** What of an account stands in no module: offers that nobody declares, and documents that errors hold back. */
function besides(several) {
  return DATA.accounts.flatMap(({ name, unmanaged, held }) => {
    const said = [unmanaged ? many("unmanaged", unmanaged) : "", held ? many("held_back", held) : ""].filter(Boolean).join(" · ");
    return said ? [several ? `${name}: ${said}` : said] : [];
  });
}

function findingsCard() {
  if (!DATA.findings.length) return null;
  const { error, warning, note } = DATA.severities;
  const said = [error && many("error", error), warning && many("warning", warning), note && many("note", note)].filter(Boolean).join(", ");
  const own = (text) => { const said = sayKnown(text); return h("div.quiet", said === text ? { lang: "en" } : {}, said); };
  const line = ([severity, code, summary, detail, hint, place]) => h(`li.${severity}`, {}, h("span.place", {}, place), h("b", {}, `${code} `), ...(WORDS[`finding.${code}`] ? [WORDS[`finding.${code}`], own(summary)] : [summary]), detail ? detail.split("\n").map(own) : null, hint ? own(hint) : null);
  return h("details.card.findings", {}, h("summary", {}, h("h2", {}, `${say("findings")}: ${said}`)), h("ul.plain", {}, ...DATA.findings.map(line)));
}

const AT_ONCE = 5000;
const left = [];

/** Make a card after the first screen is painted; at once where there is little to do. */
function later(name, make) {
  if (ROWS.length <= AT_ONCE) return make();
  const place = h(`section.card.waits.${name}`, { "aria-label": say(name) }, h("h2", {}, say(name)));
  left.push(() => place.replaceWith(make()));
  return place;
}

/** Do what was left, one after the other: between two of them the page listens. */
function doLeft() {
  const next = left.shift();
  if (!next) { makeTexts(); return; }
  next();
  setTimeout(doLeft, 0);
}

function planTop() {
  return [planVerdict(), planCounts(), h("div.first", {}, mustRead(), later("scatter", scatterCard)), h("div.three", {}, later("histogram", histogramCard), later("stock", stockCard), later("matrix", matrixCard)), alikeCard(), findingsCard(), DATA.shortened ? h("p.quiet", {}, many("shortened", DATA.shortened)) : null];
}

/** Of a report: how it ended, what comes next, and what it took beside its forecast. */
function reportTop() {
  const { applied } = DATA.counts;
  const clean = applied === DATA.rows.length && !DATA.stops.length;
  const kinds = { applied: "green", refused: "red", skipped: "amber", unknown: "amber" };
  const tiles = RESULTS.slice().reverse().filter((each) => DATA.counts[each]).map((each) => count(whole.format(DATA.counts[each]), say(`result.${each}`), kinds[each], () => { choose({ kind: each }, true); toTable(); }));
  const next = [...DATA.stops.flatMap(([account, summary, hint]) => [`${say("stopped")}: ${account}: ${sayKnown(summary)}`, sayKnown(hint)]), ...DATA.next.map(sayKnown)];
  const card = h("section.card.urgent", { "aria-label": say("what_next") }, h("h2", {}, say("what_next")), clean ? h("p", {}, say("all_applied")) : h("ul.plain", {}, ...next.map((each) => h("li", {}, each))),
    h("ul", {}, ...ROWS.filter((row) => row.must).slice(0, SHOWN).map((row) => mustLine("bad", row.name, [h("b", {}, say(`result.${row.verb}`))], sayLines(row.said).join(" · "), row))));
  return [verdict(clean ? "good" : applied ? "careful" : "bad", say(clean ? "done" : applied ? "partly" : "none_done"), ""), h("div.counts", {}, ...tiles), h("div.first.report", {}, card, tookCard()), ...DATA.timelines.map(timelineCard)];
}

function tookCard() {
  const names = [...new Set([...Object.keys(DATA.forecast), ...Object.keys(DATA.requests)])].sort((one, other) => (DATA.requests[other] || 0) - (DATA.requests[one] || 0));
  const sum = (each) => whole.format(Object.values(each).reduce((one, other) => one + other, 0));
  const row = (name) => h("tr", {}, h("th", { scope: "row" }, named("request", name)), h("td", {}, whole.format(DATA.forecast[name] || 0)), h("td", {}, whole.format(DATA.requests[name] || 0)));
  const rest = (left) => h("tr", {}, h("th", { scope: "row" }, say("others")), ...[DATA.forecast, DATA.requests].map((each) => h("td", {}, whole.format(left.reduce((all, name) => all + (each[name] || 0), 0)))));
  return h("section.card.matrix", { "aria-label": say("took") }, h("h2", {}, say("took")), h("p.quiet", {}, say("took_sub", sum(DATA.requests), saySeconds(DATA.seconds), sum(DATA.forecast), saySeconds(DATA.forecast_seconds))),
    h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("request")), h("th", { scope: "col" }, say("forecast")), h("th", { scope: "col" }, say("taken")))), h("tbody", {}, ...names.slice(0, 8).map(row), ...(names.length > 8 ? [rest(names.slice(8))] : []))));
}
