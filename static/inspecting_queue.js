// What an inspection still has to send: answers and photos, kept on the device until the server has taken them. Nothing
// is claimed to be sent that was not; an answer counts by its content and a photo by its key, so sending twice is once.
import { readDraft, readPhotos, removeDraft, writeDraft, writePhotos } from "./store.js";

const RETRY_MS = 20000; // a dead signal often comes back without the browser noticing
const NOT_REACHED = [502, 503, 504];

export class Queue {
  // told: { taken(item, standing), refused(item, told, photoKey), changed() }
  constructor(key, photoUrl, told) {
    this.key = key;
    this.photoUrl = photoUrl;
    this.told = told;
    this.answers = new Map(); // item -> { url, fields, seen, tried }
    this.photos = []; // { key, item, kind, name, file }
    this.busy = false;
    this.reached = true;
    this.signedOut = false;
    this.renewing = false;
    this.stopped = false; // the server answered what this page cannot read
    this.stored = { words: true, photos: true };
    this.at = 0;
  }

  async start() {
    const draft = readDraft(this.key);
    for (const [item, entry] of Object.entries(draft?.values?.answers ?? {})) this.answers.set(item, entry);
    for (const photo of draft?.values?.photos ?? []) {
      const [file] = await readPhotos(this.key, photo.key);
      if (file) this.photos.push({ ...photo, file });
    }
    this.at = draft?.at ?? 0;
    addEventListener("online", () => this.pump());
    addEventListener("offline", () => this.missed());
    setInterval(() => this.pump(), RETRY_MS);
    if (!navigator.onLine) this.reached = false;
  }

  get waiting() {
    return this.answers.size + this.photos.length;
  }

  putAnswer(item, url, fields, seen) {
    const before = this.answers.get(item);
    const tried = before ? [...before.tried, sameness(before.fields)].slice(-20) : [];
    this.answers.set(item, { url, fields, seen: before ? before.seen : seen, tried });
    this.save();
    this.pump();
  }

  async putPhoto(item, kind, file) {
    const photo = { key: newKey(), item, kind, name: file.name, file };
    this.photos.push(photo);
    this.stored.photos = await writePhotos(this.key, photo.key, [file]);
    this.save();
    this.pump();
    return photo.key;
  }

  // The words of every answer go down at once; photos are there already.
  save() {
    this.at = Date.now();
    const photos = this.photos.map(({ file, ...kept }) => kept);
    const values = { answers: Object.fromEntries(this.answers), photos };
    this.stored.words = writeDraft(this.key, { at: this.at, queued: this.waiting > 0, values });
    this.told.changed();
  }

  // Sends one thing after the other until nothing waits or the server is not reached.
  async pump() {
    if (this.busy || this.stopped || !this.waiting || !navigator.onLine) return;
    this.busy = true;
    try {
      while (this.waiting && (await this.sendNext())) this.reached = true;
    } finally {
      this.busy = false;
    }
    if (!this.waiting) await removeDraft(this.key);
    this.told.changed();
  }

  async sendNext() {
    const [item, entry] = this.answers.entries().next().value ?? [];
    if (entry) return this.sent(await this.post(entry.url, { ...entry.fields, seen: entry.seen }), item, entry, null);
    const photo = this.photos[0];
    const body = { kind: photo.kind, key: photo.key, photo: photo.file };
    return this.sent(await this.post(this.photoUrl.replace("/0/", `/${photo.item}/`), body), photo.item, null, photo);
  }

  // True where the next may be sent.
  async sent(response, item, entry, photo) {
    if (!response || NOT_REACHED.includes(response.status)) return this.missed();
    if (response.redirected || !(response.headers.get("Content-Type") ?? "").includes("json")) return this.doors(response);
    this.renewing = this.signedOut = false;
    const told = await response.json();
    if (photo) return this.photoSent(response.ok, photo, told);
    const now = this.answers.get(item);
    if (response.ok) {
      if (now === entry) this.answers.delete(item);
      else now.seen = told.mark;
      this.save();
      if (now === entry) this.told.taken(item, told);
      return true;
    }
    if (response.status === 409 && told.mark && entry.tried.includes(sameness(told))) {
      now.seen = told.mark; // what stands is this phone's own, whose answer was lost on the way
      return true;
    }
    this.answers.delete(item);
    this.save();
    this.told.refused(item, told, null);
    return true;
  }

  photoSent(isTaken, photo, told) {
    this.photos = this.photos.filter((other) => other !== photo);
    this.save();
    if (isTaken) this.told.taken(photo.item, told, photo.key);
    else this.told.refused(photo.item, told, photo.key);
    return true;
  }

  // No answer of this page: signed out, its token is too old, or something this page cannot read.
  async doors(response) {
    this.signedOut = response.redirected;
    if (response.status === 400 && !this.renewing) {
      this.renewing = true;
      const renewed = await renewToken();
      if (renewed === "renewed") return true;
      this.signedOut = renewed === "signed out";
      this.renewing = false;
      if (renewed === "not reached") return this.missed();
    }
    if (!this.signedOut) this.stopped = true; // asked again it would say the same: the page must be opened anew
    return this.missed();
  }

  missed() {
    this.reached = false;
    this.told.changed();
    return false;
  }

  // The server's answer, or null if it was not reached.
  async post(url, values) {
    const body = new FormData();
    body.append("csrf_token", document.querySelector("#run [name=csrf_token]").value);
    for (const [name, value] of Object.entries(values)) {
      if (value instanceof Blob) body.append(name, value, value.name);
      else body.append(name, value);
    }
    try {
      const headers = { Accept: "application/json" };
      return await fetch(url, { method: "POST", body, headers, credentials: "same-origin" });
    } catch {
      return null;
    }
  }
}

// What two answers have in common that were meant as one.
function sameness({ verdict, note }) {
  return `${verdict}\n${(note ?? "").trim()}`;
}

async function renewToken() {
  try {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    if (answer.redirected) return "signed out";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("#run [name=csrf_token]")?.value;
    if (!token) return NOT_REACHED.includes(answer.status) ? "not reached" : "no token";
    for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token;
    return "renewed";
  } catch {
    return "not reached";
  }
}

// A key of the phone's own; randomUUID is missing where the page came over plain http.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
