/** Braille's dots of a character, by column and row. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BRAILLE = 0x2800;

/** A point of a curve: at a step, a loss. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** A character more than the figures beside the curve take. */
const MARGIN = 8;

/**
 * Draws losses as lines of text, in braille's dots: the highest at the top, the lowest at the bottom. What falls
 * into one column of dots is its mean, and columns without any are on the way from one to the next.
 *
 * @param losses - those of the training
 * @param measured - those of evaluations, marked by `o`
 * @param size - columns and lines to fill
 * @returns the lines; none for less than two losses
 */
export function drawLossCurve(
  losses: readonly LossPoint[],
  measured: readonly LossPoint[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
): string[] {
  const width = columns - MARGIN;
  const [first, last] = [losses[0], losses.at(-1)];
  if (!first || !last || first === last || width < 2) return [];
  const all = [...losses, ...measured].map(({ loss }) => loss);
  const [low, high] = all.reduce(
    ([l, h], loss) => [Math.min(l, loss), Math.max(h, loss)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const columnOf = (step: number, most: number) =>
    Math.round((Math.max(0, step - first.step) / (last.step - first.step)) * (most - 1));
  const rowOf = (loss: number, most: number) =>
    Math.round(((high - loss) / (high - low || 1)) * (most - 1));

  const cells = Array.from({ length: rows }, () => new Array<number>(width).fill(0));
  for (const [x, loss] of curveOf(losses, (step) => columnOf(step, width * 2))) {
    const y = rowOf(loss, rows * 4);
    const line = cells[y >> 2] as number[];
    line[x >> 1] = (line[x >> 1] ?? 0) | (DOTS[x & 1]?.[y & 3] ?? 0);
  }
  const lines = cells.map((line) => line.map((dots) => String.fromCodePoint(BRAILLE + dots)));
  for (const { step, loss } of measured) {
    (lines[rowOf(loss, rows)] as string[])[columnOf(step, width)] = "o";
  }
  return lines.map((line, row) => `${labelOf(row, rows, low, high)} ${line.join("")}`);
}

function labelOf(row: number, rows: number, low: number, high: number): string {
  const value = row === 0 ? high : row === rows - 1 ? low : undefined;
  return (value === undefined ? "" : value.toPrecision(3))
    .padStart(MARGIN - 1)
    .slice(0, MARGIN - 1);
}

/** A loss for each column from the first point's to the last one's. */
function* curveOf(
  points: readonly LossPoint[],
  columnOf: (step: number) => number,
): Generator<readonly [column: number, loss: number]> {
  let before: readonly [number, number] | undefined;
  for (const [column, loss] of meansBy(points, columnOf)) {
    const [from, start] = before ?? [column - 1, loss];
    for (let x = from + 1; x <= column; x++) {
      yield [x, start + ((loss - start) * (x - from)) / (column - from)];
    }
    before = [column, loss];
  }
}

function meansBy(
  points: readonly LossPoint[],
  columnOf: (step: number) => number,
): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { step, loss } of points) {
    const column = columnOf(step);
    const { sum, count } = sums.get(column) ?? { sum: 0, count: 0 };
    sums.set(column, { sum: sum + loss, count: count + 1 });
  }
  return new Map([...sums].map(([column, { sum, count }]) => [column, sum / count]));
}
