import { createHash } from "node:crypto";

/**
 * Draws whether a row is for evaluation, by its content alone: so other rows may be added or taken away, its file
 * may be in another order or format, and the same row twice is never on both sides.
 *
 * @param content - the row's content
 * @param share - the share of rows to draw, from 0 to 1
 * @param seed - makes another draw
 * @returns whether it was drawn
 */
export function drawEvaluation(content: string, share: number, seed: number): boolean {
  if (share === 0) return false;
  const hash = createHash("sha256").update(`${seed}\n`).update(content).digest();
  return hash.readUInt32BE(0) / 2 ** 32 < share;
}
