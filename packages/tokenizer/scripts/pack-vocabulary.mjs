// Writes src/llama2-pieces.ts, the pieces of Llama 2's vocabulary as text that compresses well.
//
//     node scripts/pack-vocabulary.mjs                            from the npm package llama-tokenizer-js
//     node scripts/pack-vocabulary.mjs path/to/tokenizer.model    from Meta's file
//
// Either way the same bytes come out, and only if the pieces are Llama 2's.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const PIECE_COUNT = 32_000;
/** Of the pieces as UTF-8, each with a zero byte behind it. */
const PIECES_SHA256 = "07c89855ee83600407b5ba5467e56ec1ca42c8f8fca361b5827422f6602f0546";
/** Behind <unk>, <s>, </s> and the bytes. */
const FIRST_NORMAL = 259;
/** From here on, every piece is a single character. */
const FIRST_CHARACTER = 29_871;
const OUTPUT = new URL("../src/llama2-pieces.ts", import.meta.url);
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** What separates pieces: a blank before one with ▁ in front, a bar before any other. */
const BLANK = " ";
const BAR = "|";
/** What stands before a code, and what may be one. Letters first, so that frequent letters share their codes. */
const ESCAPES = "~`^";
const CODES = `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'()*+,-./0123456789:;<=>?@[]_{}`;

const source = process.argv[2];
const pieces = source ? await piecesOfModel(source) : await piecesOfPackage();
const sha256 = createHash("sha256")
  .update(pieces.map((piece) => `${piece}\0`).join(""))
  .digest("hex");
if (pieces.length !== PIECE_COUNT || sha256 !== PIECES_SHA256) {
  throw new Error(`These are not Llama 2's pieces: ${pieces.length} of them, sha256 ${sha256}.`);
}
const words = pieces.slice(FIRST_NORMAL, FIRST_CHARACTER);
const rare = rareCharacters(words.map(bodyOf));
const packed = words.map(packWord).join("");
const characters = pieces.slice(FIRST_CHARACTER).map(packCharacter).join("");
const text = `// Made by scripts/pack-vocabulary.mjs from the npm package llama-tokenizer-js or Meta's tokenizer.model: do not edit.
// The vocabulary is Meta's, under the Llama 2 Community License. unpack-llama2.ts says how it is packed.

/** Characters that are written as codes, in the order of these. */
export const RARE =
  ${ascii(rare.join(""))};

/** The pieces of several characters, in the order of their ids. */
export const WORDS =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: one of the pieces looks like it.
  ${ascii(packed)};

/** The pieces of one character, in the order of their ids. */
export const CHARACTERS =
  ${ascii(characters)};
`;
await writeFile(OUTPUT, text);
const compressed = gzipSync(text, { level: 9 }).length;
process.stdout.write(`${pieces.length} pieces, ${text.length} bytes, ${compressed} compressed\n`);

/** Characters that need a code, the most frequent first. */
function rareCharacters(words) {
  const counts = new Map();
  for (const character of words.join("")) {
    if (needsCode(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (byCount.length > ESCAPES.length * CODES.length) throw new Error("There are too few codes.");
  return byCount.map(([character]) => character);
}

function needsCode(character) {
  return character > "\x7f" || character === BAR || ESCAPES.includes(character);
}

function packWord(piece) {
  const body = bodyOf(piece);
  return (body === piece ? BAR : BLANK) + [...body].map(packLetter).join("");
}

/** A piece without the ▁ in front. */
function bodyOf(piece) {
  return piece.startsWith("▁") ? piece.slice(1) : piece;
}

function packLetter(character) {
  if (!needsCode(character)) return character;
  const index = rare.indexOf(character);
  return ESCAPES[Math.floor(index / CODES.length)] + CODES[index % CODES.length];
}

/** A code point as three digits of base 64. */
function packCharacter(piece) {
  const point = piece.codePointAt(0);
  return BASE64[point >> 12] + BASE64[(point >> 6) & 63] + BASE64[point & 63];
}

/** A string literal in ASCII, for bundlers escape the rest anyway, with the quotes that need fewer escapes. */
function ascii(string) {
  const double = JSON.stringify(string).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  if (string.split('"').length <= string.split("'").length) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

async function piecesOfPackage() {
  const { default: tokenizer } = await import("llama-tokenizer-js");
  return tokenizer.vocabById;
}

async function piecesOfModel(path) {
  const { loadTokenizer } = await import("../dist/index.js");
  const tokenizer = loadTokenizer(await readFile(path));
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.idToToken(id));
}
