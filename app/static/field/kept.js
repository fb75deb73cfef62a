// What the telephone keeps: today's firms of one account, and outcomes in the order in which they were recorded.
const NAME = "atlas-field";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("today");
      asked.result.createObjectStore("queue", { keyPath: "number", autoIncrement: true });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(store, mode, work) {
  const base = await open();
  try {
    return await new Promise((resolve, reject) => {
      const act = base.transaction(store, mode);
      const asked = work(act.objectStore(store));
      act.oncomplete = () => resolve(asked?.result);
      act.onabort = act.onerror = () => reject(act.error);
    });
  } finally {
    base.close();
  }
}

export const today = () => within("today", "readonly", (store) => store.get("today"));
export const keepToday = (taken) => within("today", "readwrite", (store) => store.put(taken, "today"));
export const queue = () => within("queue", "readonly", (store) => store.getAll());
export const add = (outcome) => within("queue", "readwrite", (store) => store.add(outcome));
export const put = (outcome) => within("queue", "readwrite", (store) => store.put(outcome));
export const drop = (number) => within("queue", "readwrite", (store) => store.delete(number));
