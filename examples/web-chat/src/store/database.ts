/** What the browser keeps: conversations, their messages, and the tokens of answers. */
export const STORES = ["conversations", "messages", "traces"] as const;

const NAME = "llama2-kit.web-chat";
const VERSION = 1;

/** Opens the database, and makes it where there is none. */
export function openDatabase(factory: IDBFactory = indexedDB): Promise<IDBDatabase> {
  const request = factory.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    const database = request.result;
    database.createObjectStore("conversations", { keyPath: "id" });
    for (const name of ["messages", "traces"]) {
      database
        .createObjectStore(name, { keyPath: "id" })
        .createIndex("conversation", "conversation");
    }
  };
  return settle(request);
}

/** The result of a request. */
export function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Waits until a transaction has been written. */
export function written(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
