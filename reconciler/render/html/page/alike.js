// What many rows have in common: one difference, or the rule by which values move, and its exceptions. Each filters the table.
const CHIPS = 8;
const LONGEST = 90;

/** The rows of a cluster, by number; counted from the distances between them when it is first chosen. */
const membersOf = (cluster) => {
  if (!cluster.members) { let at = 0; cluster.members = new Set(cluster.gaps.map((gap) => (at += gap))); }
  return cluster.members;
};

const ALIKE = (DATA.alike || []).map(([kind, paths, by, ending, place, gaps]) => ({ kind, paths: new Set(paths.map(nameOf)), by, ending, place, gaps }))
  .sort((one, other) => other.gaps.length - one.gaps.length);

const isAmong = (cluster, row) => cluster.paths.has(row.path) && membersOf(cluster).has(row.number);

/** Say by how much values move: `+5 %, to .99`. */
function measureOf({ by, ending }) {
  const [tag, amount] = by;
  const said = tag === "%" ? sayPercent(Number(amount)) : tag === "$" ? `${Number(amount) > 0 ? "+" : ""}${sayValue(by)}` : sayValue(by);
  return ending ? say("to_ending", said, sayAmount(`0${ending}`).slice(1)) : said;
}

/** Say one difference; of long texts the words that were replaced. */
function differenceOf(row) {
  const line = lineOf(row);
  const long = typeof line.before === "string" && typeof line.after === "string" && line.before.length + line.after.length > LONGEST;
  const words = (kind) => differing(line.before, line.after).filter(([what]) => what === kind).map(([, text]) => text.trim()).join(" … ");
  const [was, would] = long ? [words(-1), words(1)] : [line.before === null ? "" : sayValue(line.before), sayValue(line.after)];
  const said = [named("field", row.path), line.way].filter(Boolean).join(" · ");
  return `${said} ${was ? `${was} → ` : ""}${would}`;
}

function labelOf(cluster) {
  const [path] = cluster.paths;
  if (cluster.kind === "rule") return `${named("field", path)} ${measureOf(cluster)}`;
  if (cluster.kind === "apart") return `${named("field", path)}: ${say("apart")}`;
  const change = DATA.rows[cluster.gaps[0]];
  const said = change[11].map((field) => new PlannedRow(change, cluster.gaps[0], field)).filter((row) => cluster.paths.has(row.path)).map(differenceOf).join("; ");
  const verb = DATA.names[change[4]];
  const text = verb === "update" ? said : `${say(`verb.${verb}`)} · ${said}`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function alikeCard() {
  if (!ALIKE.length) return null;
  const chip = (cluster) => {
    cluster.label = labelOf(cluster);
    const button = h("button.chip", { type: "button", title: cluster.place, "aria-pressed": "false", click: () => { choose({ alike: filter.alike === cluster ? null : cluster }, true); if (filter.alike) toTable(); } }, h("b", {}, whole.format(cluster.gaps.length)), ` ${cluster.label}`);
    listeners.push(() => button.setAttribute("aria-pressed", String(filter.alike === cluster)));
    return button;
  };
  const rest = ALIKE.slice(CHIPS);
  return h("section.card.alike", { "aria-label": say("alike") }, h("h2", {}, say("alike")), h("p.quiet", {}, say("alike_sub")), h("div.choices", {}, ...ALIKE.slice(0, CHIPS).map(chip)),
    rest.length ? h("details", {}, h("summary", {}, say("others_alike", whole.format(rest.length))), h("div.choices", {}, ...rest.map(chip))) : null);
}
