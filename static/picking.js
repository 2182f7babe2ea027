// Picking rows of a list: the bar below says how many, and why not the others (data-cannot on a box).
export function startPicking(root) {
  for (const bar of root.querySelectorAll("[data-bulk]")) {
    const form = bar.closest("form");
    form.addEventListener("change", (event) => onChange(form, bar, event.target));
    paint(form, bar);
  }
}

function boxesOf(form) {
  return [...form.querySelectorAll("input[name=pick]")];
}

function onChange(form, bar, box) {
  if (box.matches("[data-pick-all]")) {
    for (const other of boxesOf(form)) other.checked = box.checked;
  } else if (box.name !== "pick") {
    return;
  }
  paint(form, bar);
  explain(form, bar);
}

function paint(form, bar) {
  const boxes = boxesOf(form);
  const picked = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("[data-row]").classList.toggle("is-picked", box.checked);
  const all = form.querySelector("[data-pick-all]");
  if (all) {
    all.checked = picked.length > 0 && picked.length === boxes.length;
    all.indeterminate = picked.length > 0 && !all.checked;
  }
  bar.hidden = picked.length === 0;
  bar.querySelector("[data-bulk-count]").textContent = `已选 ${picked.length} 条`;
}

// The server explained the picks it knew; from now on the boxes do.
function explain(form, bar) {
  const why = bar.querySelector("[data-bulk-why]");
  if (!why) return;
  const picked = boxesOf(form).filter((box) => box.checked);
  const cannot = picked.filter((box) => box.dataset.cannot);
  const first = cannot[0];
  why.textContent = first
    ? `${picked.length - cannot.length} 条可由您签批；${cannot.length} 条不可：${first.value} ${first.dataset.cannot}`
    : picked.length ? `${picked.length} 条都可由您签批` : "";
}
