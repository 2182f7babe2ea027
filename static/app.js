// Small comforts on top of pages that work without script. Loaded as a module from _base.html; no inline script.
import { clearAnnouncedDrafts, startDrafts } from "./drafts.js";
import { startForms } from "./forms.js";
import { startIdle } from "./idle.js";
import { startKeyboard } from "./keyboard.js";
import { startPhotos } from "./photos.js";
import { startPicking } from "./picking.js";
import { startTyping } from "./typing.js";

// What has to be done for the present content of <body>: at load, and again when a draft's answer replaces it.
async function startPage() {
  document.documentElement.classList.add("has-script");
  await clearAnnouncedDrafts(document);
  startPhotos(document);
  startPicking(document);
  await startDrafts(document, adopt);
  startTyping(document);
  startIdle(document.body);
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
}

let adopted = false;

// Shows the page a server sent as answer to fetch, as if the browser had followed the form by itself.
async function adopt(response) {
  adopted = true;
  const html = await response.text();
  const page = new DOMParser().parseFromString(html, "text/html");
  if (response.url !== location.href) history.pushState(null, "", response.url);
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  window.scrollTo(0, 0);
  await startPage();
  const main = document.getElementById("main");
  if (main && !document.querySelector("[data-error-summary]")) main.focus({ preventScroll: true });
}

// After adopt() the browser's arrow changes the address only: fetch the page that belongs to it.
addEventListener("popstate", () => {
  if (adopted) location.reload();
});

// Menus are <details>: close them by Escape and by a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.who-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.who-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

startForms();
startKeyboard();
startPage();
