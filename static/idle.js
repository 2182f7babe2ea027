// Idle sign-out, announced: two minutes before, a line says so and offers to stay; whoever types or taps is at work and
// is not signed out. When the time is over, what stands in the forms is put aside for this person and this page, and
// comes back after the log-in. Pages of one person in several tabs count as one. Passwords are never kept.
import { restore, valuesOf } from "./drafts.js";
import { alertLine } from "./forms.js";

const WARN_SECONDS = 120;
const TELL_SECONDS = 120; // how often somebody at work tells the server
const TICK_MS = 5000;
const UNTIL = "signed-in-until";
const EVENTS = ["keydown", "pointerdown", "input", "wheel", "touchmove"];

let page = null;
let timer = null;

export function startIdle(body) {
  clearInterval(timer);
  page = null;
  const seconds = Number(body.dataset.idle || 0);
  if (!seconds) return;
  page = { body, seconds, person: body.dataset.person, stillHere: body.dataset.stillHere, line: null, acted: 0 };
  contacted(Number(body.dataset.idleLeft || seconds));
  takeBack(page);
  timer = setInterval(tick, TICK_MS);
}

for (const name of EVENTS) {
  addEventListener(name, () => page && (page.acted = Date.now()), { passive: true, capture: true });
}
document.addEventListener("visibilitychange", () => page && !document.hidden && tick());

function tick() {
  if (!page) return;
  const left = (until() - Date.now()) / 1000;
  const idle = page.seconds - left;
  const atWork = page.acted > until() - page.seconds * 1000 && !page.line;
  if (left <= -1) leave();
  else if (atWork && idle >= Math.min(TELL_SECONDS, page.seconds / 2)) stay();
  else if (left <= WARN_SECONDS) warn(left);
  else hide();
}

function warn(left) {
  keep();
  const words = `${Math.max(1, Math.ceil(left / 60))} 分钟后自动退出`;
  if (page.line) {
    if (page.line.dataset.words !== words) say(words);
    return;
  }
  page.line = alertLine("warn", "", "");
  page.line.classList.add("idle-line", "no-print");
  page.line.setAttribute("role", "alert");
  say(words);
  document.getElementById("main").prepend(page.line);
}

function say(words) {
  const place = page.line.firstChild;
  const bold = document.createElement("b");
  bold.textContent = "您很久没有操作。";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-plain btn-sm";
  button.textContent = "继续工作";
  button.addEventListener("click", stay);
  place.replaceChildren(bold, `${words}，您写的内容会留着。`, button);
  page.line.dataset.words = words;
}

function hide() {
  page.line?.remove();
  page.line = null;
}

async function stay() {
  if (page.asking) return;
  page.asking = true;
  const asked = page;
  try {
    const answer = await fetch(page.stillHere, { credentials: "same-origin", redirect: "manual" });
    if (page !== asked) return;
    if (answer.status === 204) {
      contacted(page.seconds);
      hide();
    } else if (answer.type === "opaqueredirect") {
      leave();
    }
  } catch {
    // no network: the session ends when its time is over, and the drafts stay
  } finally {
    asked.asking = false;
  }
}

function leave() {
  keep();
  clearInterval(timer);
  const here = location.pathname + location.search;
  page = null;
  location.assign(here); // the server says that it has ended, and leads back here after the log-in
}

// The server was reached and gives so many seconds more; other tabs of the same person learn of it.
function contacted(left) {
  page.until = Math.max(until(), Date.now() + left * 1000);
  try {
    localStorage.setItem(`${UNTIL}:${page.person}`, String(page.until));
  } catch {
    // a forbidden store: this tab counts for itself
  }
}

// When the session ends by idling, as any tab of this person knows; never later than a whole idle time from now.
function until() {
  let told = 0;
  try {
    told = Number(localStorage.getItem(`${UNTIL}:${page.person}`)) || 0;
  } catch {
    told = 0;
  }
  return Math.min(Math.max(told, page.until || 0), Date.now() + page.seconds * 1000);
}

// Forms of the page that hold words and have no draft of their own, each by its place on the page.
function forms() {
  return [...page.body.querySelectorAll("main form[method=post]")].filter((form) => !("draft" in form.dataset || "ownDraft" in form.dataset));
}

function slot(person) {
  return `idle:${person}:${location.pathname}`;
}

function keep() {
  const kept = forms().map(valuesOf);
  if (!kept.some((values) => Object.values(values).flat().some(Boolean))) return;
  try {
    sessionStorage.setItem(slot(page.person), JSON.stringify(kept));
  } catch {
    // a full or forbidden store: the words stay on the page only
  }
}

function takeBack(shown) {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(slot(shown.person)));
    sessionStorage.removeItem(slot(shown.person));
  } catch {
    return;
  }
  if (!Array.isArray(kept)) return;
  const here = forms();
  if (here.length !== kept.length) return;
  here.forEach((form, n) => restore(form, withoutKeys(form, kept[n])));
  const line = alertLine("note", "已接着您刚才写的内容。", "照片和密码没有保留，请重新选、重新填。");
  document.getElementById("main").prepend(line);
}

// The page's own one-time key and version are newer than the kept ones.
function withoutKeys(form, values) {
  const hidden = new Set([...form.elements].filter((one) => one.type === "hidden").map((one) => one.name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !hidden.has(name)));
}
