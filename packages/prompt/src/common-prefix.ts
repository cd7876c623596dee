/**
 * @param a - ids
 * @param b - other ids
 * @returns how many of them are the same, from the beginning
 */
export function commonPrefixLength(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
