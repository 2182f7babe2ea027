// Photos before they are sent: thumbnails, their number, one more press adds to those already chosen.
const chosen = new WeakMap(); // input -> File[]

// The photos chosen in an input, also where the browser forbids writing input.files.
export function photosOf(input) {
  return chosen.get(input) ?? [...input.files];
}

// Puts photos into an input and shows them.
export function setPhotos(input, files) {
  chosen.set(input, files);
  try {
    const carrier = new DataTransfer();
    for (const file of files) carrier.items.add(file);
    input.files = carrier.files;
  } catch {
    // Old Safari: the list kept here is sent by drafts.js; a plain form sends the last choice.
  }
  show(input, files);
}

export function photoInputs(root) {
  return [...root.querySelectorAll("input[type=file][data-photos]")];
}

export function startPhotos(root) {
  for (const input of photoInputs(root)) {
    if (input.files.length && !chosen.has(input)) setPhotos(input, [...input.files]);
    input.addEventListener("change", () => {
      const before = input.multiple ? (chosen.get(input) ?? []) : [];
      setPhotos(input, merged(before, [...input.files]));
      input.dispatchEvent(new CustomEvent("photoschange", { bubbles: true }));
    });
  }
}

function merged(before, added) {
  const key = (file) => `${file.name}/${file.size}/${file.lastModified}`;
  const known = new Set(before.map(key));
  return [...before, ...added.filter((file) => !known.has(key(file)))];
}

function show(input, files) {
  const box = input.closest("[data-shots]");
  if (!box) return;
  for (const old of box.querySelectorAll("figure.shot")) {
    URL.revokeObjectURL(old.querySelector("img").src);
    old.remove();
  }
  const tile = input.closest(".add");
  files.forEach((file, n) => tile.before(thumbnail(input, files, file, n)));
  const word = box.querySelector("[data-shots-word]");
  if (word) {
    word.dataset.first ??= word.textContent;
    word.textContent = files.length ? "再拍一张" : word.dataset.first;
  }
  const count = box.parentElement.querySelector("[data-shots-count]");
  if (count) count.textContent = files.length ? `已选 ${files.length} 张照片` : "";
}

function thumbnail(input, files, file, n) {
  const figure = document.createElement("figure");
  figure.className = "shot";
  const image = document.createElement("img");
  image.className = "ph";
  image.alt = `已拍照片 ${n + 1}：${file.name}`;
  image.src = URL.createObjectURL(file);
  const drop = document.createElement("button");
  drop.type = "button";
  drop.textContent = "去掉";
  drop.setAttribute("aria-label", `去掉第 ${n + 1} 张照片`);
  drop.addEventListener("click", () => {
    setPhotos(input, files.filter((other) => other !== file));
    input.dispatchEvent(new CustomEvent("photoschange", { bubbles: true }));
    input.focus();
  });
  figure.append(image, drop);
  return figure;
}
