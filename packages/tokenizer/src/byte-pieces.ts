import { exceeds, fail } from "./error.ts";
import { MAX_UNITS, NO_PIECE } from "./limits.ts";
import { BYTE, NORMAL, type Pieces, textOf, USER_DEFINED } from "./pieces.ts";

/**
 * Finds the id of each byte's piece, and checks all pieces.
 *
 * @throws TokenizerError
 */
export function byteIdsOf(pieces: Pieces): Uint16Array {
  const { kinds, starts } = pieces;
  const byteIds = new Uint16Array(256).fill(NO_PIECE);
  for (let id = 0; id < kinds.length; id++) {
    const kind = kinds[id] as number;
    const length = (starts[id + 1] as number) - (starts[id] as number);
    if (!(kind >= NORMAL && kind <= BYTE)) {
      fail("MALFORMED", `it has the unknown type ${kind}.`, `piece ${id}`);
    }
    if (length > MAX_UNITS) exceeds(length, MAX_UNITS, "characters", `piece ${id}`);
    if (length === 0 && (kind === NORMAL || kind === USER_DEFINED)) {
      fail("MALFORMED", "it is empty.", `piece ${id}`);
    }
    if (kind === BYTE) byteIds[Number(textOf(pieces, id).slice(1, -1))] = id;
  }
  const missing = byteIds.indexOf(NO_PIECE);
  if (missing !== -1) {
    const byte = `0x${missing.toString(16)}`;
    fail("UNSUPPORTED", `the byte ${byte} has no piece: Llama 2 has one for each.`);
  }
  return byteIds;
}

/** The name of a byte's piece. */
export function byteName(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}
