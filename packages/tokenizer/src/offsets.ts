import type { SurfaceOf } from "./decoder.ts";
import { BYTE, type Pieces } from "./pieces.ts";

/**
 * Follows ids through the text that they were made of.
 *
 * @param ids - the ids
 * @param from - where the first begins; one before the segment if encoding put a space there
 * @param floor - where the segment begins
 * @returns where each of them begins
 */
export function followIds(
  ids: Int32Array,
  from: number,
  floor: number,
  kinds: Pieces["kinds"],
  surfaceOf: SurfaceOf,
): Int32Array {
  let at = from;
  return ids.map((id) => {
    const offset = Math.max(at, floor);
    const surface = surfaceOf(id);
    if (kinds[id] !== BYTE) at += surface.length;
    // The first of a character's bytes stands for all of it, which is two units if there are four bytes.
    else if (surface >= "\xf0") at += 2;
    else if (surface < "\x80" || surface >= "\xc0") at++;
    return offset;
  });
}
