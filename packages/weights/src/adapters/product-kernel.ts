// The inner loop of merging, as WebAssembly: JavaScript has no vector instructions, and without them a merge into a 7B
// takes ten times as long. The module is small enough to be written here instruction by instruction.

/** Columns worked on at once: two vectors of four. */
export const PANEL = 8;

/** Rows worked on at once. With two vectors each, their sums stay in registers. */
export const ROWS = 4;

/**
 * Adds a product to four rows. `values` are the rows, one behind the other, `columns` long, a multiple of 8; `left` is
 * `[rank, 4]`, and `right` `[columns / 8, rank, 8]`. All are places in the memory, in bytes.
 */
export type ProductKernel = (
  values: number,
  left: number,
  right: number,
  rank: number,
  columns: number,
) => void;

type Code = readonly number[];

// Opcodes. Source: https://webassembly.github.io/spec/core/appendix/index-instructions.html
const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const tee = (local: number): Code => [0x22, local];
const constant = (value: number): Code => [0x41, value];
const addInteger: Code = [0x6a];
const subtract: Code = [0x6b];
const shiftLeft: Code = [0x74];
const isLess: Code = [0x49];
const load = (offset: number): Code => [0xfd, 0x00, 4, offset];
const loadToAll = (offset: number): Code => [0xfd, 0x09, 2, offset];
const store = (offset: number): Code => [0xfd, 0x0b, 4, offset];
const zeros: Code = [0xfd, 0x0c, ...Array.from({ length: 16 }, () => 0)];
const addVectors: Code = [0xfd, 0xe4, 0x01];
const multiplyVectors: Code = [0xfd, 0xe6, 0x01];
const repeatWhile = (body: Code, condition: Code): Code => [
  ...[0x03, 0x40, ...body],
  ...[...condition, 0x0d, 0, 0x0b],
];
const advance = (local: number, by: number): Code => [
  ...[...get(local), ...constant(by)],
  ...[...addInteger, ...set(local)],
];

const [VALUES, LEFT, RIGHT, RANK, COLUMNS] = [0, 1, 2, 3, 4] as const;
const [STRIDE, END, LEFT_AT, COUNT, PLACE] = [5, 6, 7, 8, 9] as const;
const [FIRST_VECTOR, SECOND_VECTOR, WEIGHT, SUMS] = [10, 11, 12, 13] as const;

const rows = Array.from({ length: ROWS }, (_, row) => row);
const sums = Array.from({ length: 2 * ROWS }, (_, index) => SUMS + index);

/** One column of `left` times one row of the panel, added to the sums. */
const step: Code = [
  ...[...get(RIGHT), ...load(0), ...set(FIRST_VECTOR)],
  ...[...get(RIGHT), ...load(16), ...set(SECOND_VECTOR)],
  ...rows.flatMap((row) => [
    ...[...get(LEFT_AT), ...loadToAll(4 * row), ...set(WEIGHT)],
    ...[FIRST_VECTOR, SECOND_VECTOR].flatMap((vector, half) => {
      const sum = SUMS + 2 * row + half;
      const product = [...get(WEIGHT), ...get(vector), ...multiplyVectors];
      return [...get(sum), ...product, ...addVectors, ...set(sum)];
    }),
  ]),
  ...advance(RIGHT, 32),
  ...advance(LEFT_AT, 16),
];

const addSums: Code = [
  ...[...get(VALUES), ...set(PLACE)],
  ...rows.flatMap((row) => [
    ...[0, 1].flatMap((half) => {
      const sum = [...get(PLACE), ...load(16 * half), ...get(SUMS + 2 * row + half), ...addVectors];
      return [...get(PLACE), ...sum, ...store(16 * half)];
    }),
    ...[...get(PLACE), ...get(STRIDE), ...addInteger, ...set(PLACE)],
  ]),
];

const panel: Code = [
  ...sums.flatMap((sum) => [...zeros, ...set(sum)]),
  ...[...get(LEFT), ...set(LEFT_AT), ...get(RANK), ...set(COUNT)],
  ...repeatWhile(step, [...get(COUNT), ...constant(1), ...subtract, ...tee(COUNT)]),
  ...addSums,
  ...advance(VALUES, 32),
];

const body: Code = [
  ...[...get(COLUMNS), ...constant(2), ...shiftLeft, ...tee(STRIDE)],
  ...[...get(VALUES), ...addInteger, ...set(END)],
  ...repeatWhile(panel, [...get(VALUES), ...get(END), ...isLess]),
  0x0b,
];

const INTEGER = 0x7f;
const VECTOR = 0x7b;
const integers = (count: number): Code => Array.from({ length: count }, () => INTEGER);
const text = (name: string): Code => [name.length, ...Array.from(name, (c) => c.charCodeAt(0))];
/** Lengths, seven bits a byte. */
const size = (value: number): Code => (value < 128 ? [value] : [(value & 127) | 128, value >> 7]);
const section = (id: number, content: Code): Code => [id, ...size(content.length), ...content];

const locals: Code = [2, 5, INTEGER, 3 + sums.length, VECTOR];
const code: Code = [...locals, ...body];

const MODULE: Uint8Array<ArrayBuffer> = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 5, ...integers(5), 0]),
  ...section(2, [1, ...text("env"), ...text("memory"), 0x02, 0x00, 1]),
  ...section(3, [1, 0]),
  ...section(7, [1, ...text("add"), 0x00, 0]),
  ...section(10, [1, ...size(code.length), ...code]),
]);

let compiled: WebAssembly.Module | undefined;

/** The kernel on some memory. */
export function createKernel(memory: WebAssembly.Memory): ProductKernel {
  compiled ??= new WebAssembly.Module(MODULE);
  const { add } = new WebAssembly.Instance(compiled, { env: { memory } }).exports;
  return add as ProductKernel;
}
