import type { Surfaces } from "./decoder.ts";
import { NORMAL, SPACE } from "./pieces.ts";
import type { TokenDecoder } from "./tokenizer.ts";

/** Units that are made a string at a time: enough that the calls cost little, and few enough to stay in the cache. */
const FULL = 1 << 13;

/** Ids from which on joining strings takes longer than copying them together. */
const MANY = 64;

/** More than a piece has, or its name. */
const ROOM = 1 << 10;

const UTF16 = new TextDecoder("utf-16le", { ignoreBOM: true });

/**
 * Decodes ids at once. Joining a million short strings leaves a tree of them, so the text is put together in a buffer,
 * where normal pieces come straight from the vocabulary's array.
 *
 * @param decoder - at the beginning of a text
 * @param surfaces - the decoder's
 * @param ids - anything
 * @param checkId - throws if an id is none of the vocabulary
 */
export function decodeAll(
  decoder: TokenDecoder,
  { vocabulary: { units, starts, kinds } }: Surfaces,
  ids: ArrayLike<number>,
  checkId: (id: number, index: number) => void,
): string {
  const push = (id: number, index: number): string => {
    checkId(id, index);
    return decoder.push(id);
  };
  let text = "";
  if (ids.length < MANY) {
    for (let index = 0; index < ids.length; index++) text += push(ids[index] as number, index);
    return text + decoder.flush();
  }
  const buffer = new Uint16Array(FULL + ROOM);
  let length = 0;
  // Whether the decoder holds nothing back, and takes nothing away.
  let isPlain = false;
  const put = (part: string): void => {
    for (let at = 0; at < part.length; at++) buffer[length++] = part.charCodeAt(at);
  };
  const take = (): string => {
    const part = UTF16.decode(buffer.subarray(0, length));
    length = 0;
    return part;
  };
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index] as number;
    const isNormal = typeof id === "number" && kinds[id] === NORMAL;
    if (isPlain && isNormal) {
      const end = starts[id + 1] as number;
      for (let at = starts[id] as number; at < end; at++) buffer[length++] = spaced(units[at]);
    } else {
      put(push(id, index));
    }
    isPlain = isNormal;
    if (length > FULL) text += take();
  }
  return text + take() + decoder.flush();
}

function spaced(unit: number | undefined): number {
  return unit === SPACE ? 0x20 : (unit as number);
}
