// Puts the page together, listens to the keyboard, and makes the rows that a printer sees.
const help = h("dialog.help", { "aria-labelledby": "help-name" }, h("h2", { id: "help-name" }, say("help")),
  h("dl", {}, ...[["/", "/"], ["j k", "j"], ["o", "o"], ["Esc", "Esc"], ["?", "?"]].flatMap(([keys, word]) => [h("dt", {}, ...keys.split(" ").map((key) => h("kbd", {}, key))), h("dd", {}, say(`help.${word}`))])),
  h("button", { type: "button", click: () => help.close() }, say("close")));
const PRINTED = 300;

function printed() {
  const rows = table.rows.slice(0, PRINTED).map((row, at) => { const made = tableRow(row, at); made.style.top = ""; return made; });
  document.getElementById("printed").replaceChildren(headings(), ...rows, table.rows.length > PRINTED ? h("p", {}, say("printed", whole.format(PRINTED), whole.format(table.rows.length))) : "");
}

const KEYS = {
  "/": () => { const search = table.controls.text; search.focus(); search.select(); },
  j: () => (detail.open ? (move(1), openRow(table.rows[table.at])) : move(1)),
  k: () => (detail.open ? (move(-1), openRow(table.rows[table.at])) : move(-1)),
  o: () => table.rows.length && openRow(table.rows[table.at]),
  "?": () => help.showModal(),
};

function typed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const search = table.controls.text;
  if (event.key === "Escape" && event.target === search) { choose({ text: "" }); search.blur(); return; }
  if (event.key === "Enter" && event.target === table.box) { KEYS.o(); return; }
  if (["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName) || help.open || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
}

function begin() {
  const main = document.querySelector("main");
  main.append(h("a.skip", { href: "#rows" }, say("skip")), header(), ...(isPlan ? planTop() : reportTop()).filter(Boolean), tableCard(),
    h("footer.quiet", {}, h("button.link", { type: "button", click: () => help.showModal() }, `${say("help")}  ?`)));
  document.body.append(detail, help);
  const measure = () => { table.height = parseInt(getComputedStyle(table.box).getPropertyValue("--row"), 10) || 36; draw(true); };
  listeners.push(update);
  update();
  measure();
  matchMedia("(max-width: 700px)").addEventListener("change", measure);
  addEventListener("resize", () => draw(true));
  addEventListener("keydown", typed);
  addEventListener("beforeprint", printed);
  addEventListener("afterprint", () => document.getElementById("printed").replaceChildren());
  requestAnimationFrame(() => setTimeout(doLeft, 0));
  detail.addEventListener("click", (event) => event.target === detail && detail.close());
}

begin();
