// While a report is typed: earlier hazards that may be the same one, and clauses that may fit, right under the text.
// Everything is built as nodes and text, never as markup; what was picked stays picked while it is still offered.
import { alertLine } from "./forms.js";

const PAUSE_MS = 500;
const LEAST = 4; // characters before anything is looked up
const MOST = 400; // characters that are sent

export function startTyping(root) {
  for (const place of root.querySelectorAll("form [data-look]")) new Typing(place).start();
}

class Typing {
  constructor(place) {
    this.place = place;
    this.form = place.closest("form");
    this.running = null;
    this.asked = "";
    this.picked = { criterion: this.value("criterion"), recurrence_of: this.value("recurrence_of") };
  }

  start() {
    this.form.addEventListener("input", (event) => this.changed(event.target));
    this.form.addEventListener("change", (event) => this.changed(event.target));
    this.later();
  }

  changed(field) {
    if (field.name in this.picked) this.picked[field.name] = field.value;
    if (["description", "place", "recent_place", "category", "sector", "found_at"].includes(field.name)) this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE_MS);
  }

  async look() {
    const query = this.query();
    if (query === this.asked || !this.form.isConnected) return;
    this.asked = query;
    this.running?.abort();
    this.running = new AbortController();
    if (!query) return this.show({ open: [], closed: [] }, { candidates: [], close: null });
    try {
      const asks = [this.place.dataset.lookEarlier, this.place.dataset.lookClauses];
      const [earlier, clauses] = await Promise.all(asks.map((url) => this.ask(`${url}?${query}`)));
      this.show(earlier, clauses);
    } catch (error) {
      // Help that does not come is no fault of the report: the form works without it, and asks again with the next key.
      if (error.name !== "AbortError") this.asked = "";
    }
  }

  async ask(url) {
    const options = { credentials: "same-origin", signal: this.running.signal, headers: { Accept: "application/json" } };
    const answer = await fetch(url, options);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  query() {
    const text = this.value("description").trim().slice(0, MOST);
    if (text.length < LEAST) return "";
    const place = this.value("place") || this.value("recent_place");
    const found = this.value("found_at").slice(0, 10);
    const asked = { text, place, found, category: this.value("category"), sector: this.value("sector") };
    if (this.place.dataset.lookEnterprise) asked.enterprise = this.place.dataset.lookEnterprise;
    return new URLSearchParams(Object.entries(asked).filter(([, value]) => value)).toString();
  }

  value(name) {
    const field = this.form.elements[name];
    return field?.type === "radio" && !field.checked ? "" : (field?.value ?? "");
  }

  show(earlier, clauses) {
    this.part("open").replaceChildren(...earlier.open.map(openLine));
    const closed = this.part("closed");
    closed.hidden = earlier.closed.length === 0;
    this.fill(closed, "recurrence_of", ".form-check", earlier.closed.map((one) => [one.number, closedRow(one)]));
    const close = clauses.close;
    this.part("close").replaceChildren(...(close ? [closeLine(close)] : []));
    const likely = this.part("likely");
    likely.hidden = clauses.candidates.length === 0;
    this.fill(likely, "criterion", ".pickcard", clauses.candidates.map((one) => [String(one.id), card(one)]));
  }

  // Puts the found choices before the last one, which the server wrote: 都不是, 不是再次出现.
  fill(part, name, row, found) {
    const rows = [...part.querySelectorAll(row)];
    const last = rows.pop();
    for (const old of rows) old.remove();
    for (const [value, node] of found) {
      node.querySelector("input").checked = value === this.picked[name];
      last.before(node);
    }
    const isOffered = found.some(([value]) => value === this.picked[name]);
    const input = last.querySelector("input");
    if (name === "recurrence_of" && !isOffered) input.checked = true;
  }

  part(name) {
    return this.place.querySelector(`[data-look-${name}]`);
  }
}

function openLine(one) {
  const line = alertLine("warn", "可能已经报过：");
  line.classList.add("mt-3");
  line.removeAttribute("role");
  const link = node("a", "", one.number);
  link.href = one.url;
  link.target = "_blank";
  link.rel = "noopener";
  line.firstChild.append(link, ` ${one.words}。同一问题请在那条补充照片。`);
  return line;
}

function closeLine(one) {
  const words = "请核对是否属于重大；等级由您选。";
  const line = alertLine("note", `接近判定条款${one.clause}。`, words);
  line.classList.add("mt-3");
  line.removeAttribute("role");
  return line;
}

function closedRow(one) {
  const row = node("div", "form-check");
  const input = radio("recurrence_of", one.number, "form-check-input");
  input.id = `recurrence-${one.number}`;
  const label = node("label", "form-check-label", `${one.number}\u3000${one.words}`);
  label.htmlFor = input.id;
  row.append(input, label);
  return row;
}

function card(one) {
  const label = node("label", "pickcard");
  const text = node("span", "text");
  text.append(...one.parts.map(([piece, hit]) => (hit ? node("mark", "", piece) : piece)));
  const body = node("span");
  body.append(node("b", "", one.clause), text, node("span", "clause", one.source));
  label.append(radio("criterion", String(one.id)), body);
  return label;
}

function radio(name, value, classes = "") {
  const input = node("input", classes);
  input.type = "radio";
  input.name = name;
  input.value = value;
  return input;
}

function node(tag, classes = "", text = "") {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}
