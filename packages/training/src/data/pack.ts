/**
 * Packs examples into as few rows as best fit finds: each, from the longest, goes to the row that it leaves least
 * room in.
 *
 * @param lengths - tokens of each example, none longer than a row
 * @param capacity - tokens of a row
 * @returns the examples of each row, as indexes into `lengths`
 * @example
 * ```ts
 * packExamples([3, 5, 2], 5); // [[1], [0, 2]]
 * ```
 */
export function packExamples(lengths: readonly number[], capacity: number): number[][] {
  const rows: number[][] = [];
  /** Rows by the room that they have left. */
  const byRoom = Array.from({ length: capacity + 1 }, (): number[] => []);
  const order = lengths.map((_, index) => index);
  order.sort((a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b);
  for (const index of order) {
    const length = lengths[index] as number;
    let room = length;
    while (room <= capacity && byRoom[room]?.length === 0) room += 1;
    let row = byRoom[room]?.pop();
    if (row === undefined) {
      row = rows.length;
      rows.push([]);
      room = capacity;
    }
    rows[row]?.push(index);
    byRoom[room - length]?.push(row);
  }
  return rows;
}
