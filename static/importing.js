// The bar of a check or a writing, moved without reloading; the page reloads itself when the work is done.
const EVERY = 1000;
const place = document.querySelector("[data-import-progress]");

async function look() {
  try {
    const answer = await fetch(place.dataset.importProgress, { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) return location.reload();
    const told = await answer.json();
    if (told.stage !== place.dataset.stage || told.stalled) return location.reload();
    if (told.columns && !("columns" in place.dataset)) return location.reload();
    place.querySelector("[data-words]").textContent = told.words;
    place.querySelector("[data-bar] rect").setAttribute("width", told.percent);
    place.querySelector("[data-bar] svg").setAttribute("aria-label", told.words);
  } catch {
    // no network for a moment: the next look may find it again
  }
  return setTimeout(look, EVERY);
}

if (place) setTimeout(look, EVERY);
