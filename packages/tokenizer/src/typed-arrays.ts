/** An array with room for so many items: the same one, or a larger copy. */
export function grown<Items extends Int32Array | Uint16Array>(items: Items, length: number): Items {
  if (length <= items.length) return items;
  const larger = new (items.constructor as new (length: number) => Items)(2 * length + 64);
  larger.set(items);
  return larger;
}
