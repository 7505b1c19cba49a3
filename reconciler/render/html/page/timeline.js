// The timeline of an apply: requests a second by lanes, stacked, under the lines of their limits.
const LANES = [["zero", "red"], ["price", "accent"], ["stock", "green"], ["rest", "faint"], ["resync", "amber"]];
/** A limit that is farther above the highest bar than this is only said: bars under it would be flat. */
const IN_SIGHT = 4;

const sayClock = (seconds) => (seconds < 60 ? `${whole.format(seconds)} s` : `${whole.format(Math.floor(seconds / 60))} min${seconds % 60 ? ` ${seconds % 60} s` : ""}`);
const nameOfLimit = (name) => named("budget", name).replaceAll("_", " ");
const summed = (counts) => counts.reduce((one, other) => one + other, 0);

function limitLines(plot, limits) {
  const pen = plot.ctx;
  pen.save();
  pen.strokeStyle = colour("red");
  pen.lineWidth = 1.5 * devicePixelRatio;
  pen.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  pen.textAlign = "right";
  pen.textBaseline = "bottom";
  pen.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
  const right = plot.bbox.left + plot.bbox.width;
  let [above, end] = [-Infinity, right];
  for (const [name, limit] of limits.slice().sort((one, other) => other[1] - one[1])) {
    const y = Math.floor(plot.valToPos(limit, "y", true)) + 0.5;
    pen.beginPath();
    pen.moveTo(plot.bbox.left, y);
    pen.lineTo(right, y);
    pen.stroke();
    // A name stands on a ground of its own, so that bars and the line of who waits do not run through it.
    const said = say("limit_line", nameOfLimit(name), whole.format(limit));
    const [width, height] = [pen.measureText(said).width, 15 * devicePixelRatio];
    end = y - above < height ? end - 8 * devicePixelRatio : right - 4 * devicePixelRatio;
    const beneath = end - width < plot.bbox.left; // no room beside the one before
    if (beneath) end = right - 4 * devicePixelRatio;
    const bottom = beneath ? y + height + 1 : y - 1;
    pen.fillStyle = colour("card");
    pen.fillRect(end - width - 3 * devicePixelRatio, bottom - height, width + 6 * devicePixelRatio, height);
    pen.fillStyle = colour("ink");
    pen.fillText(said, end, bottom - devicePixelRatio);
    [above, end] = [y, end - width];
  }
  pen.restore();
}

/** What the chart says in words as well: who reads no picture misses nothing. */
function timelineSaid(told, peak, far) {
  const said = [say("timeline_peak", whole.format(peak))];
  if (summed(told.again)) said.push(many("again", summed(told.again)));
  if (summed(told.throttled)) said.push(many("throttled", summed(told.throttled)));
  const most = Math.max(...told.waiting, 0);
  if (most) said.push(many("waiting", most));
  said.push(...far.map(([name, limit]) => say("limit_far", nameOfLimit(name), whole.format(limit))));
  return `${said.join(" · ")} `;
}

function timelineCard(told) {
  const lanes = LANES.filter(([lane]) => told.sent[lane]);
  const spans = told.again.length;
  const x = Array.from({ length: spans }, (_, at) => (at + 0.5) * told.width);
  // uPlot draws one over the other: the whole stack first, its lowest lane last.
  let below = new Array(spans).fill(0);
  const stacks = lanes.map(([lane]) => { below = below.map((each, at) => each + told.sent[lane][at] / told.width); return below; });
  const peak = Math.max(...below);
  const limits = Object.entries(told.limits);
  const near = limits.filter(([, limit]) => limit <= peak * IN_SIGHT);
  const top = Math.max(peak, ...near.map(([, limit]) => limit)) * 1.15;
  const waiting = Math.max(...told.waiting, 0);
  const marks = (counts) => counts.map((each, at) => (each ? below[at] + top * 0.03 : null));
  const title = DATA.timelines.length > 1 ? `${say("timeline")}: ${told.account}` : say("timeline");
  const card = h("section.card.timeline", { "aria-label": title }, h("h2", {}, title),
    h("p.quiet", {}, timelineSaid(told, peak, limits.filter(([, limit]) => limit > peak * IN_SIGHT)),
      ...lanes.map(([lane, paint]) => h(`span.key.key-${paint}`, {}, say(`lane.${lane}`))),
      waiting ? h("span.key.key-ink", {}, say("waiting_line")) : null, summed(told.again) ? h("span.key.key-dot.key-amber", {}, say("again_mark")) : null, summed(told.throttled) ? h("span.key.key-dot.key-red", {}, say("throttled_mark")) : null));
  const dots = (paint) => ({ paths: () => null, points: { show: true, size: 7, width: 0, fill: colour(paint), stroke: colour(paint) } });
  chart(card, () => [{
    height: 220, cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    scales: { x: { time: false, range: () => [0, spans * told.width] }, y: { range: () => [0, top || 1] }, w: { range: () => [0, waiting * 1.15 || 1] } },
    axes: [axis({ values: (_, splits) => splits.map(sayClock), space: 80 }), axis({ size: 46, values: (_, splits) => splits.map((each) => whole.format(each)) }), ...(waiting ? [axis({ scale: "w", side: 1, size: 46, grid: { show: false }, values: (_, splits) => splits.map((each) => (Number.isInteger(each) ? whole.format(each) : "")) })] : [])],
    series: [{}, ...lanes.map(([, paint]) => ({ ...bars(0.9), fill: colour(paint), width: 0 })).reverse(), ...(waiting ? [{ scale: "w", stroke: colour("ink"), width: 1.5, points: { show: false } }] : []), dots("amber"), dots("red")],
    hooks: { draw: [(plot) => limitLines(plot, near)] },
  }, [x, ...stacks.slice().reverse(), ...(waiting ? [told.waiting] : []), marks(told.again), marks(told.throttled)]]);
  return card;
}
