/**
 * Takes a key that came with the page's address, as `#key=…`, and removes it from there at once: addresses are seen,
 * shared and remembered.
 */
export function takeKeyFromAddress(): string | undefined {
  const { hash, pathname, search } = location;
  const key = new URLSearchParams(hash.slice(1)).get("key");
  if (key === null) return undefined;
  history.replaceState(null, "", pathname + search);
  return key;
}
