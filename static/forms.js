// One press, one request: the button of a form is locked while the request is under way.
const WAIT = "提交中，请稍候";
const LOCAL = /^(localhost|127\.|\[::1\])/;

// Locks every submit button of a form and writes 提交中 on the pressed one.
export function lock(form, pressed) {
  for (const button of buttonsOf(form)) {
    if (button.disabled) continue;
    button.disabled = true;
    button.dataset.locked = "";
    if (button === pressed || (!pressed && button.matches(".btn-primary"))) {
      button.dataset.words = button.textContent.trim();
      button.lockedNodes = [...button.childNodes];
      button.replaceChildren(WAIT);
    }
  }
}

// Gives the buttons back, with the words they had.
export function unlock(form) {
  for (const button of buttonsOf(form)) {
    if (!("locked" in button.dataset)) continue;
    button.disabled = false;
    delete button.dataset.locked;
    if (button.lockedNodes) {
      button.replaceChildren(...button.lockedNodes);
      button.lockedNodes = null;
    }
  }
}

// An alert line built as text nodes, never as markup.
export function alertLine(kind, bold, text = "") {
  const line = document.createElement("div");
  line.className = `alert-line alert-${kind}`;
  line.setAttribute("role", "status");
  const body = document.createElement("div");
  const first = document.createElement("b");
  first.textContent = bold;
  body.append(first, text);
  line.append(body);
  return line;
}

export function startForms() {
  document.addEventListener("submit", onSubmit);
  // Coming back by the browser's arrow shows the page as it was left: locked.
  addEventListener("pageshow", () => document.querySelectorAll("form").forEach(unlock));
}

function buttonsOf(form) {
  return [...form.elements].filter((element) => element.type === "submit");
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "noLock" in form.dataset) return;
  if (!navigator.onLine && !LOCAL.test(location.hostname)) {
    event.preventDefault();
    sayNoNetwork(form);
    return;
  }
  // After the browser has read the form: a disabled button would not be sent along.
  setTimeout(() => lock(form, event.submitter), 0);
}

function sayNoNetwork(form) {
  form.querySelector("[data-no-network]")?.remove();
  const line = alertLine("warn", "没有网络，没有提交。", "您写的内容还在这一页，网络恢复后请再点一次。");
  line.dataset.noNetwork = "";
  line.setAttribute("role", "alert");
  (form.querySelector(".acts-end, .stickbar") ?? form.lastElementChild).before(line);
}
