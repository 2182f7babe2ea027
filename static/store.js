// Where drafts live on the device: words in localStorage, photos in IndexedDB (localStorage holds text only).
const PREFIX = "yh-draft:";
const KEEP_MS = 30 * 24 * 3600 * 1000;

// { at: ms, queued: bool, values: { name: [value, …] } } or null; never throws (private windows forbid storage).
export function readDraft(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

// True if the words are really on the device.
export function writeDraft(key, draft) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

// Forgets words and photos of a draft.
export async function removeDraft(key) {
  try {
    localStorage.removeItem(PREFIX + key);
    await inPhotos("readwrite", (photos) => photos.delete(range(key)));
  } catch {
    // Nothing could be kept here, so nothing is left either.
  }
}

// True if the photos of one input are really on the device.
export async function writePhotos(key, name, files) {
  try {
    await inPhotos("readwrite", (photos) => photos.put(files, [key, name]));
    return true;
  } catch {
    return false;
  }
}

// File[] of one input, empty if there are none.
export async function readPhotos(key, name) {
  try {
    return (await inPhotos("readonly", (photos) => photos.get([key, name]))) ?? [];
  } catch {
    return [];
  }
}

// Drafts nobody came back to for thirty days.
export async function removeOldDrafts(now) {
  let keys = [];
  try {
    keys = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  } catch {
    return;
  }
  for (const name of keys) {
    const key = name.slice(PREFIX.length);
    const draft = readDraft(key);
    if (!draft || now - draft.at > KEEP_MS) await removeDraft(key);
  }
}

function range(key) {
  return IDBKeyRange.bound([key, ""], [key, "\uffff"]);
}

function inPhotos(mode, ask) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("yh-drafts", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("photos");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction("photos", mode);
      const request = ask(transaction.objectStore("photos"));
      transaction.oncomplete = () => {
        database.close();
        resolve(request.result);
      };
      transaction.onabort = () => {
        database.close();
        reject(transaction.error);
      };
    };
  });
}
