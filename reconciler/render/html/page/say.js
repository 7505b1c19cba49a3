// Elements, words and numbers. Foreign text only ever becomes a text node.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const WORDS = read("words");
const DATA = await unpacked(document.getElementById("data"));

/** Read the data: JSON, or JSON packed by gzip in base64 where there is much of it. */
async function unpacked(block) {
  if (block.type === "application/json") return JSON.parse(block.textContent);
  const letters = atob(block.textContent);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  const packing = new DecompressionStream("gzip");
  const writer = packing.writable.getWriter();
  writer.write(bytes);
  writer.close();
  const [reader, decoder] = [packing.readable.getReader(), new TextDecoder()];
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value, { stream: true });
  return JSON.parse(text + decoder.decode());
}

/** Make an element: `h("p.quiet", {title: "…"}, "text", child)`; a function among the attributes listens. */
function h(what, attributes, ...children) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((each) => each !== null && each !== undefined && each !== ""));
  return made;
}

const plurals = new Intl.PluralRules(WORDS.locale);
const whole = new Intl.NumberFormat(WORDS.locale);
const percents = new Intl.NumberFormat(WORDS.locale, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
const moments = new Intl.DateTimeFormat(WORDS.locale, { dateStyle: "medium", timeStyle: "short" });
const amounts = new Map();

/** Say a word of the page's language; `{0}` are what follows. */
const say = (word, ...given) => (WORDS[word] ?? word).replace(/\{(\d)\}/g, (_, n) => given[n]);
/** Say how many: `3 rows`, with the language's own plural. */
const many = (word, n) => (WORDS[word][plurals.select(n)] ?? WORDS[word].other).replace("{n}", whole.format(n));
/** Say a name of a field, a module or a kind in the language, or as it is. */
const named = (group, name) => WORDS[`${group}.${name}`] ?? (name.startsWith("price.") && WORDS[`${group}.price.*`] ? say(`${group}.price.*`, name.slice(6)) : name);
/** Our own sentences, as patterns with what they come to in the page's language; none in English. */
const SENTENCES = WORDS.sentences.map(([text, said]) => [new RegExp(`^${text.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\d\}/g, "(.+?)")}$`, "s"), said]);
/** Say a sentence of ours in the page's language; what stands for `{*0}` is one, too, for `{0}` anything. Any other text stays as it is. */
function sayKnown(text) {
  for (const [pattern, said] of SENTENCES) {
    const found = text.match(pattern);
    if (found) return said.replace(/\{(\*?)(\d)\}/g, (_, ours, n) => (ours ? sayKnown(found[Number(n) + 1]) : found[Number(n) + 1]));
  }
  return text;
}
const sayLines = (text) => text.split("\n").map(sayKnown);
const sayPercent = (share) => `${percents.format(share)} %`;

function sayMoment(iso) {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? iso : moments.format(moment);
}

function saySeconds(seconds) {
  if (seconds < 1) return say("moment");
  return seconds < 90 ? say("seconds", Math.round(seconds)) : say("minutes", whole.format(Math.round(seconds / 60)));
}

/** Say an amount with the digits that it has, in the language's spelling. */
function sayAmount(text) {
  const digits = (text.split(".")[1] || "").length;
  if (!amounts.has(digits)) {
    amounts.set(digits, new Intl.NumberFormat(WORDS.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
  return amounts.get(digits).format(text);
}

const tagOf = (value) => (Array.isArray(value) ? value[0] : "");
const isMoney = (value) => tagOf(value) === "$";

/** Say a value on one line. */
function sayValue(value) {
  if (value === null || value === undefined) return say("empty_value");
  if (value === true) return say("yes");
  if (value === false) return say("no");
  if (typeof value === "number") return whole.format(value);
  if (typeof value === "string") return value;
  const [tag, ...rest] = value;
  if (tag === "$") return `${sayAmount(rest[0])} ${rest[1]}`;
  if (tag === "+") return `${rest[0] > 0 ? "+" : ""}${whole.format(rest[0])}`;
  if (tag === "#") return sayAmount(rest[0]);
  if (tag === "[") {
    if (rest.every((each) => typeof each === "string" || typeof each === "number")) return rest.map(sayValue).join(", ") || say("empty_value");
    return many("sections", rest.length);
  }
  const pairs = [];
  for (let at = 0; at < rest.length; at += 2) pairs.push(`${rest[at]}: ${sayValue(rest[at + 1])}`);
  return pairs.join(", ") || say("empty_value");
}
