const ID_BYTES = 12;

/** A random name for a response. (`crypto.randomUUID` is missing on pages that come over plain HTTP.) */
export function createResponseId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return `llama2-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
