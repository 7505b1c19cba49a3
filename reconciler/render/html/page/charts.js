// Charts, drawn by uPlot. Their colours are those of the page, also when it turns dark.
const DAY = matchMedia("(prefers-color-scheme: light)");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const drawn = [];

/** Put a chart into a card; `make(width)` returns uPlot's options and data. It is drawn again when it has to be. */
function chart(card, make) {
  const place = h("div.chart");
  card.append(place);
  let made = null;
  let width = 0;
  const draw = (again) => {
    const wide = place.clientWidth;
    if (!wide || (!again && wide === width)) return;
    width = wide;
    if (made) made.destroy();
    const [options, data] = make(wide);
    made = new uPlot({ width: wide, legend: { show: false }, ...options }, data, place);
    place.plot = made;
  };
  drawn.push(draw);
  new ResizeObserver(() => draw(false)).observe(place);
}

DAY.addEventListener("change", () => drawn.forEach((draw) => draw(true)));

function axis(more) {
  return {
    stroke: colour("muted"), font: "12px system-ui, sans-serif", gap: 4, size: 30,
    grid: { stroke: colour("line"), width: 1 }, ticks: { show: false }, ...more,
  };
}

/** Only powers of ten are named on a log axis. */
const logAxis = (more) => axis({ values: (_, splits) => splits.map((each) => (each !== null && Number.isInteger(Math.round(Math.log10(each) * 1e6) / 1e6) ? whole.format(each) : "")), ...more });
const span = (values) => {
  let [least, most] = [Infinity, 0];
  for (const each of values) { least = Math.min(least, each); most = Math.max(most, each); }
  return [least, most];
};

const FEW = 5000;
const CELLS = 60; // of one power of e: a cell is smaller than a point

/** Leave out points that lie under another one where there are many; none that a guard refuses. */
function apart(rows) {
  const taken = new Set();
  const found = [];
  for (const row of rows) {
    const [was, becomes] = [Number(row.before[1]), Number(row.after[1])];
    const cell = Math.round(Math.log(was) * CELLS) * 100_000 + Math.round(Math.log(becomes) * CELLS);
    if (rows.length > FEW && !(row.flags & REFUSED) && taken.has(cell)) continue;
    taken.add(cell);
    found.push({ was, row });
  }
  return found;
}

/** Old prices against new ones on log axes, the diagonal, and the farthest by name. */
function scatterCard() {
  const card = h("section.card.scatter", { "aria-label": say("scatter") }, h("h2", {}, say("scatter")));
  if (!prices.length) return h("section.card.scatter", {}, h("h2", {}, say("scatter")), h("p.quiet", {}, say("no_prices")));
  card.append(h("p.quiet", {}, say("scatter_sub")));
  const rows = apart(prices).sort((one, other) => one.was - other.was).map((each) => each.row);
  const was = rows.map((row) => Number(row.before[1]));
  const becomes = rows.map((row) => Number(row.after[1]));
  const [least, most] = span([...was, ...becomes]);
  const range = [least / 1.6, most * 1.6];
  const far = (row) => Math.abs(Math.log(Number(row.after[1]) / Number(row.before[1])));
  const labelled = rows.filter((row) => row.flags & REFUSED || far(row) > Math.log(2)).sort((one, other) => far(other) - far(one)).slice(0, 3);
  const points = (paint, size) => ({ paths: () => null, points: { show: true, size, width: 0, fill: colour(paint), stroke: colour(paint) } });
  const near = (plot, x, y) => {
    let best = null;
    let least2 = 20 * 20;
    rows.forEach((row, at) => {
      const away = (plot.valToPos(was[at], "x") - x) ** 2 + (plot.valToPos(becomes[at], "y") - y) ** 2;
      if (away < least2) [best, least2] = [row, away];
    });
    return best;
  };
  const diagonal = (plot) => {
    const pen = plot.ctx;
    const at = (value, scale) => plot.valToPos(value, scale, true);
    pen.save();
    pen.strokeStyle = colour("muted");
    pen.lineWidth = devicePixelRatio;
    pen.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    pen.beginPath();
    pen.moveTo(at(range[0], "x"), at(range[0], "y"));
    pen.lineTo(at(range[1], "x"), at(range[1], "y"));
    pen.stroke();
    pen.restore();
  };
  const labels = (plot) => {
    const pen = plot.ctx;
    pen.save();
    pen.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
    pen.fillStyle = colour("ink");
    pen.textBaseline = "middle";
    for (const row of labelled) {
      const x = plot.valToPos(Number(row.before[1]), "x", true);
      const y = plot.valToPos(Number(row.after[1]), "y", true);
      const right = x < plot.bbox.left + plot.bbox.width / 2;
      const name = row.name.length > 20 ? `${row.name.slice(0, 19)}…` : row.name;
      pen.textAlign = right ? "left" : "right";
      pen.fillText(`${name}  ${sayPercent(row.share)}`, x + (right ? 9 : -9) * devicePixelRatio, y);
    }
    pen.restore();
  };
  chart(card, () => [{
    height: 320, cursor: { drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, distr: 3, range: () => range }, y: { distr: 3, range: () => range } },
    axes: [logAxis({ label: say("was"), labelSize: 16, labelFont: "12px system-ui, sans-serif", labelGap: 0 }), logAxis({ size: 56, label: say("would"), labelSize: 16, labelFont: "12px system-ui, sans-serif" })],
    series: [{}, points("accent", 6), points("red", 9)],
    hooks: {
      drawAxes: [diagonal], draw: [labels],
      ready: [(plot) => plot.over.addEventListener("click", (event) => {
        const found = near(plot, event.offsetX, event.offsetY);
        if (found) { choose({ number: found.number }, true); toTable(); }
      })],
    },
  }, [was, becomes.map((each, at) => (rows[at].flags & REFUSED ? null : each)), becomes.map((each, at) => (rows[at].flags & REFUSED ? each : null))]]);
  return card;
}

const STEP = 5;
const bars = (share, more) => ({ paths: uPlot.paths.bars({ size: [share, 60], ...more }), points: { show: false } });

/** Dashed lines where a guard begins to refuse. */
function guardLines(plot, shares) {
  const pen = plot.ctx;
  pen.save();
  pen.strokeStyle = colour("red");
  pen.lineWidth = 1.5 * devicePixelRatio;
  pen.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const share of shares) {
    const x = Math.floor(plot.valToPos(share, "x", true)) + 0.5; // between two pixels a line is pale
    pen.beginPath();
    pen.moveTo(x, plot.bbox.top);
    pen.lineTo(x, plot.bbox.top + plot.bbox.height);
    pen.stroke();
  }
  pen.restore();
}

/** How far prices move, in steps of five per cent; beyond a doubling they stand together. */
function histogramCard() {
  const card = h("section.card.histogram", { "aria-label": say("histogram") }, h("h2", {}, say("histogram")));
  if (!prices.length) { card.append(h("p.quiet", {}, say("no_prices"))); return card; }
  const up = prices.filter((row) => row.share > 0).length;
  card.append(h("p.quiet", {}, `${say("prices_sub", whole.format(up), whole.format(prices.length - up))} · ${say("histogram_sub")}`));
  const bin = (row) => Math.min(Math.floor(row.share / STEP), 100 / STEP);
  const [calm, refused] = [new Map(), new Map()];
  for (const row of prices) {
    const into = row.flags & REFUSED ? refused : calm;
    into.set(bin(row), (into.get(bin(row)) || 0) + 1);
  }
  const limits = DATA.limits.map(Number).filter((each) => each < 100);
  const lines = limits.flatMap((each) => [-each, each]);
  if (limits.length) card.append(h("p.quiet.guarded", {}, say("guarded", limits.map((each) => `±${whole.format(each)} %`).join(", "))));
  const known = [...calm.keys(), ...refused.keys(), ...lines.map((each) => Math.floor(each / STEP))];
  const from = Math.min(...known, -2) - 1;
  const to = Math.max(...known, 1) + 1;
  const bins = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const centres = bins.map((each) => each * STEP + STEP / 2);
  const counts = bins.map((each) => (calm.get(each) || 0) + (refused.get(each) || 0));
  chart(card, () => [{
    height: 170, cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false },
    scales: { x: { time: false, range: () => [from * STEP, (to + 1) * STEP] }, y: { range: (_, __, most) => [0, most * 1.1 || 1] } },
    axes: [axis({ values: (_, splits) => splits.map((each) => `${each > 100 ? "≥ " : ""}${percents.format(Math.min(each, 100))} %`), space: 70 }), axis({ size: 54, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000], values: (_, splits) => splits.map((each) => whole.format(each)) })],
    series: [{}, { ...bars(0.9), fill: colour("accent"), width: 0 }, { ...bars(0.9), fill: colour("red"), width: 0 }],
    hooks: {
      draw: [(plot) => guardLines(plot, lines)],
      setSelect: [(plot) => {
        if (plot.select.width < 4) return;
        const low = Math.floor(plot.posToVal(plot.select.left, "x") / STEP) * STEP;
        const high = Math.ceil(plot.posToVal(plot.select.left + plot.select.width, "x") / STEP) * STEP;
        choose({ from: low, to: high > 100 ? Infinity : high }, true);
        toTable();
      }],
    },
  }, [centres, counts, bins.map((each) => refused.get(each) || null)]]);
  return card;
}

const BANDS = ["zero", "low", "some", "many"];
const bandOf = (pieces) => (pieces <= 0 ? 0 : pieces < 5 ? 1 : pieces < 20 ? 2 : 3);

/** The offers whose stock changes, by how many pieces they have: before and after. */
function stockCard() {
  const card = h("section.card.stock", { "aria-label": say("stock") }, h("h2", {}, say("stock")));
  const rows = ROWS.filter((row) => row.path === "stock.quantity" && !row.quiet && typeof row.before === "number" && row.after !== null);
  if (!rows.length) { card.append(h("p.quiet", {}, say("no_stock"))); return card; }
  const counts = [[0, 0, 0, 0], [0, 0, 0, 0]];
  for (const row of rows) { counts[0][bandOf(row.before)] += 1; counts[1][bandOf(piecesAfter(row))] += 1; }
  card.append(h("p.quiet", {}, `${say("stock_sub")} `, h("span.key.key-was", {}, say("before")), h("span.key.key-is", {}, say("after"))));
  pairsChart(card, BANDS.map((each) => say(`band.${each}`)), counts, 170);
  return card;
}

/** Two bars for each name: what was in grey, what is in colour, the number above. */
function pairsChart(card, names, [one, other], height) {
  const x = [];
  const [left, right] = [[], []];
  names.forEach((_, at) => { x.push(at - 0.2, at + 0.2); left.push(one[at], null); right.push(null, other[at]); });
  const most = Math.max(...one, ...other, 1);
  const numbers = (plot) => {
    const pen = plot.ctx;
    pen.save();
    pen.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
    pen.fillStyle = colour("ink");
    pen.textAlign = "center";
    pen.textBaseline = "bottom";
    x.forEach((each, at) => pen.fillText(whole.format(left[at] ?? right[at]), plot.valToPos(each, "x", true), plot.valToPos(left[at] ?? right[at], "y", true) - 2 * devicePixelRatio));
    pen.restore();
  };
  chart(card, () => [{
    height, cursor: { show: false },
    scales: { x: { time: false, range: () => [-0.6, names.length - 0.4] }, y: { range: () => [0, most * 1.2] } },
    axes: [axis({ grid: { show: false }, splits: () => names.map((_, at) => at), values: () => names }), axis({ show: false })],
    series: [{}, { ...bars(0.85), fill: colour("faint"), width: 0 }, { ...bars(0.85), fill: colour("accent"), width: 0 }],
    hooks: { draw: [numbers] },
  }, [x, left, right]]);
}
