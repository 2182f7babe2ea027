// Keys for those who sit at a desk all day: / search, j k rows, x pick, Enter open (a row's link has the focus), ? help.
const KEYS = [
  ["/", "查找"],
  ["j k", "下一条、上一条"],
  ["x", "勾选这一条"],
  ["Enter", "打开"],
  ["?", "看这张表"],
];

const ACTIONS = {
  "/": () => document.querySelector("main [data-key-search]") ?? document.querySelector("[data-key-search]"),
  j: () => rowLink(1),
  k: () => rowLink(-1),
  x: pickRow,
  "?": help,
};

export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
    if (!Object.hasOwn(ACTIONS, event.key) || document.querySelector("dialog[open]")) return;
    const goal = ACTIONS[event.key]();
    if (!goal) return;
    event.preventDefault();
    goal.focus();
    goal.scrollIntoView({ block: "nearest" });
  });
}

function isTyping(element) {
  return element.matches("input:not([type=checkbox], [type=radio]), textarea, select") || element.isContentEditable;
}

function rowLink(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const here = rows.indexOf(document.activeElement.closest("[data-row]"));
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), rows.length - 1);
  return rows[next]?.querySelector(".c-what a, a.what");
}

function pickRow() {
  const row = document.activeElement.closest("[data-row]");
  row?.querySelector("input[name=pick]")?.click();
  return null;
}

function help() {
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  const head = document.createElement("h2");
  head.id = "h-keys";
  head.textContent = "快捷键";
  dialog.setAttribute("aria-labelledby", head.id);
  const list = document.createElement("dl");
  for (const [keys, what] of KEYS) {
    const term = document.createElement("dt");
    const words = document.createElement("dd");
    term.append(...keys.split(" ").flatMap((key) => [keyCap(key), " "]));
    words.textContent = what;
    list.append(term, words);
  }
  const note = document.createElement("p");
  note.className = "small muted";
  note.textContent = "光标在输入框里时不起作用。按 Esc 关闭。";
  const close = document.createElement("button");
  close.className = "btn btn-plain";
  close.textContent = "关闭";
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(head, list, note, close);
  document.body.append(dialog);
  dialog.showModal(); // Esc closes it, and the focus goes back to where it was
  return close;
}

function keyCap(key) {
  const cap = document.createElement("kbd");
  cap.textContent = key;
  return cap;
}
