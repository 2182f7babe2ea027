// Drafts that survive a dead signal. A <form data-draft="key"> keeps what was typed and photographed on the device,
// takes it up again when the page is opened again, and goes out by itself once there is a network. It never claims to
// have sent: only a page of the server says so, and only <… data-draft-clear="key"> on that page forgets the draft.
// The key names page and person, so that people who share a phone do not see each other's drafts.
// A hidden field with data-once (one-time key) is part of the draft: sent twice, it counts once.
import { alertLine, lock, unlock } from "./forms.js";
import { photoInputs, photosOf, setPhotos } from "./photos.js";
import { readDraft, readPhotos, removeDraft, removeOldDrafts, writeDraft, writePhotos } from "./store.js";

const RETRY_MS = 20000; // a dead signal often comes back without the browser noticing
const NOT_REACHED = [502, 503, 504];
const PAUSE_MS = 400;

export async function clearAnnouncedDrafts(root) {
  await removeOldDrafts(Date.now());
  for (const mark of root.querySelectorAll("[data-draft-clear]")) await removeDraft(mark.dataset.draftClear);
}

export async function startDrafts(root, adopt) {
  for (const form of root.querySelectorAll("form[data-draft]")) await new Draft(form, adopt).start();
}

class Draft {
  constructor(form, adopt) {
    this.form = form;
    this.key = form.dataset.draft;
    this.adopt = adopt;
    this.queued = false;
    this.sending = false;
    this.unsaved = false;
    this.unsavedPhotos = false;
    this.stored = { words: true, photos: true };
    this.line = null;
  }

  async start() {
    const refused = this.form.querySelector("[data-error-summary]") !== null;
    await this.takeUp(refused);
    this.form.addEventListener("input", () => this.edited());
    this.form.addEventListener("photoschange", () => this.edited(true));
    this.form.addEventListener("submit", (event) => this.onSubmit(event));
    addEventListener("pagehide", () => this.leaving());
    document.addEventListener("visibilitychange", () => document.hidden && this.leaving());
    addEventListener("online", () => this.online());
    addEventListener("offline", () => this.showOffline());
    setInterval(() => this.retry(), RETRY_MS);
    if (!navigator.onLine) this.showOffline();
    if (this.queued) this.retry();
  }

  // A refused form comes back with its words from the server. Photos the server keeps for it are shown there already
  // (img.ph); others are taken up from the device, since browsers never send them back.
  async takeUp(refused) {
    const draft = readDraft(this.key);
    if (!draft) return;
    if (!refused) restore(this.form, draft.values);
    this.queued = !refused && draft.queued === true;
    for (const input of photoInputs(this.form)) {
      if (refused && input.closest("[data-shots]")?.querySelector(":scope > img.ph")) continue;
      const files = await readPhotos(this.key, input.name);
      if (files.length) setPhotos(input, files);
    }
    this.note(draft.at);
    if (!refused) this.offerDiscard(draft.at);
  }

  edited(photos = false) {
    this.queued = false;
    this.unsaved = true;
    this.unsavedPhotos ||= photos;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(this.unsavedPhotos), this.unsavedPhotos ? 0 : PAUSE_MS);
  }

  // The page is left within the pause after the last key: words go down at once, before it is gone.
  leaving() {
    if (this.unsaved) this.save(this.unsavedPhotos);
  }

  async save(photos = false) {
    clearTimeout(this.timer);
    this.unsaved = false;
    this.unsavedPhotos &&= !photos;
    const at = Date.now();
    const draft = { at, queued: this.queued, values: valuesOf(this.form) };
    this.stored.words = writeDraft(this.key, draft);
    if (photos) {
      const done = photoInputs(this.form).map((input) => writePhotos(this.key, input.name, photosOf(input)));
      this.stored.photos = (await Promise.all(done)).every(Boolean);
    }
    this.note(at);
    if (this.line) this.showOffline();
  }

  onSubmit(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    this.pressed = event.submitter;
    this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    lock(this.form, this.pressed);
    await this.save(true);
    const response = await this.post();
    this.sending = false;
    if (response && !NOT_REACHED.includes(response.status)) {
      this.queued = false;
      writeDraft(this.key, { at: Date.now(), queued: false, values: valuesOf(this.form) });
      await this.adopt(response);
      return;
    }
    unlock(this.form);
    this.queued = true;
    await this.save();
    this.showOffline(response !== null);
  }

  // The server's answer, or null if it was not reached.
  async post() {
    const url = this.pressed?.getAttribute("formaction") || this.form.getAttribute("action") || location.href;
    try {
      return await fetch(url, { method: "POST", body: this.body(), credentials: "same-origin" });
    } catch {
      return null;
    }
  }

  body() {
    const body = new FormData(this.form);
    if (this.pressed?.name) body.append(this.pressed.name, this.pressed.value);
    for (const input of photoInputs(this.form)) {
      body.delete(input.name);
      for (const file of photosOf(input)) body.append(input.name, file, file.name);
    }
    return body;
  }

  online() {
    if (!this.queued) this.hideLine();
    this.retry();
  }

  retry() {
    if (this.queued && !this.sending && this.form.isConnected) this.send();
  }

  photoCount() {
    return photoInputs(this.form).reduce((sum, input) => sum + photosOf(input).length, 0);
  }

  showOffline(reached = false) {
    if (!this.form.isConnected) return;
    const [bold, text] = offlineWords({ ...this.stored, reached, queued: this.queued, photoCount: this.photoCount() });
    this.hideLine();
    this.line = alertLine("warn", bold, text);
    (this.form.querySelector(".stickbar, .acts-end") ?? this.form.lastElementChild).before(this.line);
    if (this.queued) this.line.scrollIntoView({ block: "nearest" });
  }

  hideLine() {
    this.line?.remove();
    this.line = null;
  }

  note(at) {
    const place = this.form.querySelector("[data-draft-note]");
    if (!place) return;
    place.textContent = this.stored.words ? `草稿 ${clock(at)} 已存本机` : "草稿没有存下，请不要关闭此页";
  }

  offerDiscard(at) {
    const count = this.photoCount();
    const line = alertLine("note", "已接着上次的草稿。", `${clock(at)} 存在本机${count ? `，照片 ${count} 张` : ""}。`);
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "btn btn-quiet btn-sm";
    discard.textContent = "丢弃草稿";
    discard.addEventListener("click", async () => {
      await removeDraft(this.key);
      location.reload();
    });
    line.firstChild.append(discard);
    this.form.prepend(line);
  }
}

// [bold sentence, rest]; says only what is true of the device at this moment.
function offlineWords({ words, photos, reached, queued, photoCount }) {
  const bold = reached ? "服务器暂时没有回应。" : "没有网络。";
  const what = photoCount ? `内容和 ${photoCount} 张照片` : "内容";
  if (!words) return [bold, "内容没有存下，请不要关闭此页；现在还没有编号。"];
  if (photoCount && !photos) return [bold, "内容已存本机，照片没有存下，请不要关闭此页；现在还没有编号。"];
  if (queued) return [bold, `${what}已存本机，恢复后自动上传；现在还没有编号。`];
  return [bold, `可以接着写，${what}已存本机。`];
}

function clock(at) {
  return new Date(at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
}

function keeps(element) {
  if (!element.name || element.disabled) return false;
  if (element.type === "hidden") return "once" in element.dataset;
  return !["password", "file", "submit", "button", "reset", "fieldset", "output", "image"].includes(element.type);
}

export function valuesOf(form) {
  const values = {};
  for (const element of form.elements) {
    if (!keeps(element)) continue;
    const list = (values[element.name] ??= []);
    if (element.type === "radio" || element.type === "checkbox") {
      if (element.checked) list.push(element.value);
    } else if (element.type === "select-multiple") {
      list.push(...[...element.selectedOptions].map((option) => option.value));
    } else {
      list.push(element.value);
    }
  }
  return values;
}

export function restore(form, values) {
  const taken = {};
  for (const element of form.elements) {
    const list = keeps(element) ? values[element.name] : undefined;
    if (!list) continue;
    if (element.type === "radio" || element.type === "checkbox") {
      element.checked = list.includes(element.value);
    } else if (element.type === "select-multiple") {
      for (const option of element.options) option.selected = list.includes(option.value);
    } else {
      const n = (taken[element.name] = (taken[element.name] ?? -1) + 1);
      if (n < list.length) element.value = list[n];
    }
  }
}
