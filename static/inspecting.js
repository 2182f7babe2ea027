// The page of an inspection that runs: one tap on 合格 records it and folds the item; what failed opens in place. Every
// answer and photo goes through the queue (inspecting_queue.js), so that a dead signal loses nothing.
import { alertLine } from "./forms.js";
import { Queue } from "./inspecting_queue.js";

const PAUSE_MS = 600;
const WORDS = { ok: "合格", failed: "不合格", na: "不适用" };
const FIELDS = ["verdict", "note", "treatment", "grade", "stop_scope", "stop_note", "result"];

class Run {
  constructor(root) {
    this.root = root;
    this.total = Number(root.dataset.total);
    this.byThumb = false;
    this.timers = new Map();
    this.puts = new Map(); // card -> what was last put into the queue
    this.leaving = "";
    this.queue = new Queue(root.dataset.key, root.dataset.photo, {
      taken: (item, standing, photo) => this.taken(item, standing, photo),
      refused: (item, told, photo) => this.refused(item, told, photo),
      changed: () => this.show(),
    });
  }

  async start() {
    addEventListener("pointerdown", () => (this.byThumb = true), true);
    addEventListener("keydown", () => (this.byThumb = false), true);
    addEventListener("pagehide", () => this.putTyped());
    document.addEventListener("visibilitychange", () => document.hidden && this.putTyped());
    this.root.addEventListener("change", (event) => this.changed(event.target));
    this.root.addEventListener("input", (event) => this.typed(event.target));
    this.root.addEventListener("submit", (event) => this.submitted(event));
    this.root.addEventListener("click", (event) => this.clicked(event));
    this.root.addEventListener("focusout", (event) => this.left(event));
    this.next = document.querySelector("[data-next]");
    this.next.addEventListener("click", (event) => this.goOn(event));
    this.startLocating();
    await this.queue.start();
    for (const [item, entry] of this.queue.answers) this.restore(item, entry.fields);
    for (const photo of this.queue.photos) this.showPhoto(this.card(photo.item), photo.kind, photo.file, photo.key);
    this.show();
    this.queue.pump();
  }

  card(item) {
    return document.getElementById(`item-${item}`);
  }

  cards() {
    return [...this.root.querySelectorAll("[data-item]")];
  }

  // --- what the person does ------------------------------------------------------------------------------------

  changed(field) {
    const card = field.closest("[data-item]");
    if (!card) return;
    if (field.type === "file") {
      this.take(card, field);
    } else if (field.name === "verdict") {
      this.judged(card, field.value);
    } else {
      this.put(card);
    }
  }

  judged(card, verdict) {
    card.classList.toggle("is-bad", verdict === "failed");
    if (verdict === "failed") this.openDetails(card);
    this.put(card);
    if (verdict !== "failed" && this.byThumb) this.foldAndFollow(card);
    if (verdict === "failed") card.scrollIntoView({ block: "nearest" });
  }

  // With the keyboard an arrow passes one verdict on the way to the other: fold when the item is left.
  left(event) {
    const card = event.target.closest?.("[data-item]");
    if (!card || card.contains(event.relatedTarget) || this.byThumb) return;
    if (["ok", "na"].includes(card.dataset.verdict) && event.relatedTarget) this.fold(card);
  }

  typed(field) {
    const card = field.closest("[data-item]");
    if (!card || field.type === "file" || field.type === "radio") return;
    clearTimeout(this.timers.get(card));
    this.timers.set(card, setTimeout(() => this.put(card), PAUSE_MS));
  }

  putTyped() {
    for (const card of this.timers.keys()) this.put(card);
  }

  submitted(event) {
    const card = event.target.closest("[data-item]");
    if (!card) return;
    event.preventDefault();
    this.put(card);
  }

  put(card) {
    clearTimeout(this.timers.get(card));
    this.timers.delete(card);
    const form = card.querySelector("form");
    const fields = {};
    for (const name of FIELDS) {
      const value = form.elements[name]?.value;
      if (value) fields[name] = value;
    }
    if (!fields.verdict || this.puts.get(card) === JSON.stringify(fields)) return;
    this.puts.set(card, JSON.stringify(fields));
    card.dataset.verdict = fields.verdict;
    this.queue.putAnswer(card.dataset.item, form.action, fields, form.elements.seen.value);
  }

  async take(card, input) {
    const kind = input.closest("[data-kind]").dataset.kind;
    const files = [...input.files];
    input.value = "";
    for (const file of files) {
      const shown = this.showPhoto(card, kind, file, "");
      shown.dataset.photo = await this.queue.putPhoto(card.dataset.item, kind, file);
      if (!this.queue.photos.some((photo) => photo.key === shown.dataset.photo)) shown.querySelector(".waits")?.remove();
    }
  }

  clicked(event) {
    const link = event.target.closest(".fold a");
    if (!link) return;
    const card = link.closest("[data-item]");
    if ("elsewhere" in card.dataset) return; // somebody else's words: the server shows them
    event.preventDefault();
    card.classList.remove("is-done");
    card.querySelector("[name=verdict]:checked")?.focus({ preventScroll: true });
  }

  goOn(event) {
    const url = this.next.getAttribute("href");
    if (!url.startsWith("#")) {
      this.putTyped();
      if (!this.queue.waiting) return;
      event.preventDefault();
      this.leaving = url;
      const [bold, rest] = navigator.onLine ? ["正在上传，传完就去签名。", ""] : ["签名需要网络。", this.waitingWords()];
      this.say(bold, rest);
      this.queue.pump();
      return;
    }
    event.preventDefault();
    for (const card of this.cards()) {
      if (card.dataset.verdict && !card.dataset.gaps && `#${card.id}` !== url) this.fold(card);
    }
    const card = document.querySelector(url);
    card?.classList.remove("is-done");
    card?.scrollIntoView({ block: "start" });
    card?.querySelector("[name=verdict]")?.focus({ preventScroll: true });
  }

  // --- what the server says ------------------------------------------------------------------------------------

  taken(item, standing, photo) {
    const card = this.card(item);
    if (photo) card.querySelector(`[data-photo="${photo}"] .waits`)?.remove();
    if (!this.queue.answers.has(item)) card.querySelector("[name=seen]").value = standing.mark;
    card.dataset.gaps = standing.gaps.length || "";
    this.sayAt(card, standing.gaps.length ? "还缺：" : "", standing.gaps.join(""));
    this.takeOthers(standing.answers);
    this.show();
  }

  refused(item, told, photo) {
    const card = this.card(item);
    this.leaving = "";
    this.puts.delete(card);
    if (photo) card.querySelector(`[data-photo="${photo}"]`)?.remove();
    if (told.mark) card.querySelector("[name=seen]").value = told.mark;
    card.classList.remove("is-done");
    this.sayAt(card, "没有保存。", told.sentence);
    card.scrollIntoView({ block: "nearest" });
  }

  // What others who take part have answered meanwhile.
  takeOthers(answers) {
    for (const card of this.cards()) {
      const [verdict, mark] = answers[card.dataset.item] ?? ["", ""];
      const seen = card.querySelector("[name=seen]");
      const isBusy = this.queue.answers.has(card.dataset.item) || this.timers.has(card) || card.contains(document.activeElement);
      if (!mark || seen.value === mark || isBusy) continue;
      seen.value = mark;
      this.puts.delete(card);
      card.dataset.verdict = verdict;
      card.dataset.elsewhere = "";
      for (const radio of card.querySelectorAll("[name=verdict]")) radio.checked = radio.value === verdict;
      card.classList.toggle("is-bad", verdict === "failed");
      this.fold(card);
    }
  }

  // --- what is shown -------------------------------------------------------------------------------------------

  openDetails(card) {
    if (card.querySelector(".more-of")) return;
    const copy = document.getElementById("item-details").content.cloneNode(true);
    const number = card.dataset.number;
    for (const named of copy.querySelectorAll("[aria-label]")) {
      named.setAttribute("aria-label", named.getAttribute("aria-label").replace("第  项", `第 ${number} 项`));
    }
    const grade = copy.querySelector(`[name=grade][value=${card.dataset.grade}]`);
    if (grade) grade.defaultChecked = grade.checked = true;
    const kept = card.querySelector("[name=note]");
    if (kept) copy.querySelector("[name=note]").value = kept.value;
    kept?.closest("label").remove();
    card.querySelector(".verdict").after(copy);
  }

  restore(item, fields) {
    const card = this.card(item);
    if (!card) return;
    const form = card.querySelector("form");
    if (fields.verdict === "failed") this.openDetails(card);
    for (const name of FIELDS) if (form.elements[name]) form.elements[name].value = fields[name] ?? "";
    card.dataset.verdict = fields.verdict;
    card.classList.toggle("is-bad", fields.verdict === "failed");
    if (fields.verdict !== "failed") this.fold(card);
  }

  showPhoto(card, kind, file, key) {
    if (!card) return document.createElement("figure");
    this.openDetails(card);
    const box = card.querySelector(`[data-kind=${kind}]`);
    const figure = document.createElement("figure");
    figure.dataset.photo = key;
    const image = document.createElement("img");
    image.className = "ph";
    image.alt = `已拍照片：${file.name}`;
    image.src = URL.createObjectURL(file);
    const waits = document.createElement("span");
    waits.className = "waits";
    waits.textContent = "待上传";
    figure.append(image, waits);
    box.querySelector(".add").before(figure);
    return figure;
  }

  fold(card) {
    card.classList.add("is-done");
    card.querySelector("[data-word]").textContent = WORDS[card.dataset.verdict] ?? "";
  }

  foldAndFollow(card) {
    this.fold(card);
    this.show();
    this.nextOpen()?.scrollIntoView({ block: "nearest" });
  }

  nextOpen() {
    const cards = this.cards();
    return cards.find((card) => !card.dataset.verdict) ?? null;
  }

  show() {
    const cards = this.cards();
    const answered = cards.filter((card) => card.dataset.verdict).length;
    const failed = cards.filter((card) => card.dataset.verdict === "failed").length;
    const open = this.nextOpen();
    for (const card of cards) {
      card.classList.toggle("is-now", card === open);
      card.toggleAttribute("aria-current", card === open);
      if (card === open) card.setAttribute("aria-current", "step");
    }
    document.querySelector("[data-answered]").textContent = answered;
    const bar = document.querySelector("[data-bar] svg");
    bar.setAttribute("aria-label", `已检查 ${answered} / ${this.total} 项`);
    bar.querySelector("rect").setAttribute("width", Math.floor((answered * 100) / this.total));
    document.querySelector("[data-left]").textContent = open ? `还差 ${this.total - answered} 项` : "全部有结论";
    document.querySelector("[data-failed]").textContent = `不合格 ${failed}`;
    this.showNext(open ?? cards.find((card) => card.dataset.gaps), open);
    this.showDevice();
  }

  showNext(target, open) {
    const finish = this.root.dataset.finish;
    const wait = document.querySelector("[data-wait]");
    this.next.hidden = !target && !finish;
    wait.hidden = !this.next.hidden;
    this.next.href = target ? `#${target.id}` : finish || "#end";
    this.next.textContent = open ? "到下一未检项" : target ? "去补充" : "核对并签名";
  }

  // What is on the device only, and why; nothing is said to be sent before it is.
  showDevice() {
    const place = document.querySelector("[data-draft-note]");
    const { queue } = this;
    if (!queue.waiting) {
      if (this.leaving) location.assign(this.leaving);
      if (queue.at) place.textContent = `${clock(queue.at)} 已上传`;
      this.unsay();
      return;
    }
    place.textContent = queue.stored.words ? `草稿 ${clock(queue.at)} 已存本机` : "草稿没有存下，请不要关闭此页";
    if (queue.signedOut) this.say("登录已过期。", `${this.waitingWords()}请重新登录后打开此页，会自动上传。`);
    else if (queue.stopped) {
      this.say("服务器没有收下，已停止上传。", `${this.waitingWords(false)}请刷新此页再试；仍不行的，请告诉系统管理人员。`);
    } else if (!navigator.onLine || !queue.reached) {
      this.say(navigator.onLine ? "服务器暂时没有回应。" : "没有网络。", this.waitingWords());
    }
  }

  waitingWords(isSentLater = true) {
    const { answers, photos, stored } = this.queue;
    const parts = [answers.size && `${answers.size} 项结论`, photos.length && `${photos.length} 张照片`].filter(Boolean);
    const what = parts.join("和");
    if (!stored.words || (photos.length && !stored.photos)) return `${what}没有存下，请不要关闭此页。`;
    return `${what}已存本机${isSentLater ? "，恢复后自动上传" : ""}。`;
  }

  say(bold, text) {
    this.unsay();
    this.line = alertLine("warn", bold, text);
    this.root.querySelector("[data-lines]").append(this.line);
  }

  unsay() {
    this.line?.remove();
    this.line = null;
  }

  sayAt(card, bold, text) {
    const place = card.querySelector(".item-said");
    const first = document.createElement("b");
    first.textContent = bold;
    place.replaceChildren(...(text ? [first, text] : []));
  }

  // --- where -----------------------------------------------------------------------------------------------------

  startLocating() {
    const button = this.root.querySelector("[data-locate]");
    if (!button || !navigator.geolocation || !window.isSecureContext) return;
    button.hidden = false;
    button.addEventListener("click", () => this.locate(button));
  }

  locate(button) {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      async ({ coords }) => {
        const place = { longitude: String(coords.longitude), latitude: String(coords.latitude) };
        const answer = await this.queue.post(this.root.dataset.place, place);
        button.textContent = answer?.ok ? "位置已记录" : "位置没有记录，可以再点一次";
        button.disabled = Boolean(answer?.ok);
      },
      () => {
        button.textContent = "没有得到位置；可以不记录，继续检查";
        button.disabled = false;
      },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  }
}

function clock(at) {
  return new Date(at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
}

const root = document.getElementById("run");
if (root) new Run(root).start();
