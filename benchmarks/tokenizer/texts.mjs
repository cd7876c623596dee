// Texts to encode, made up from word lists: as varied as real ones, of any length, and with another seed another text.
import { choose, chooseByRank, createRandom } from "./random.mjs";
import { emoji, english, languages, syllables, unspaced } from "./words.mjs";

const capitalize = (word) => word.charAt(0).toUpperCase() + word.slice(1);

/**
 * @param {(random: () => number) => string} writeOne writes a sentence, or some lines
 * @param {number} seed
 * @param {number} length in UTF-16 units
 * @returns {string} of exactly that length, or one less where that would split a character
 */
function write(writeOne, seed, length) {
  const random = createRandom(seed);
  const parts = [];
  for (let written = 0; written < length; ) {
    const part = writeOne(random);
    parts.push(part);
    written += part.length;
  }
  const text = parts.join("").slice(0, length);
  return text.isWellFormed?.() === false ? text.slice(0, -1) : text;
}

/** English prose. Some five words in a hundred are ones that hardly another text has: names and numbers. */
export const writeEnglish = (seed, length) =>
  write((random) => `${englishSentence(random)}${random() < 0.08 ? "\n\n" : " "}`, seed, length);

/** Ten languages in six scripts, and some emoji. */
export const writeMultilingual = (seed, length) =>
  write((random) => `${foreignSentence(random)}${random() < 0.1 ? "\n" : " "}`, seed, length);

/** Functions in JavaScript and Python, indented, with names in camel and snake case. */
export const writeCode = (seed, length) =>
  write((random) => (random() < 0.5 ? javascript(random) : python(random)), seed, length);

/**
 * What people write to a chat, and what they paste into it.
 *
 * @param {number} seed
 * @param {number} count
 * @returns {string[]} messages of 20 to 600 characters
 */
export function writeMessages(seed, count) {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const length = Math.floor(20 * 30 ** random());
    const writer = chooseByRank(random, [writeEnglish, writeCode, writeMultilingual]);
    return writer(seed * 1000 + index, length);
  });
}

function englishSentence(random) {
  const words = [];
  for (let left = 4 + Math.floor(random() * 18); left > 0; left--) words.push(englishWord(random));
  const text = capitalize(words.join(" "));
  if (random() < 0.1) return `"${text}," said ${name(random)}.`;
  return text + choose(random, [".", ".", ".", ".", "?", "!", "...", ";"]);
}

function englishWord(random) {
  const kind = random();
  if (kind < 0.45) return chooseByRank(random, english.small);
  if (kind < 0.68) return inflect(random, chooseByRank(random, english.nouns), ["", "", "s", "'s"]);
  if (kind < 0.82) {
    return inflect(random, chooseByRank(random, english.verbs), ["", "s", "ed", "ing", "er"]);
  }
  if (kind < 0.9) {
    return inflect(random, chooseByRank(random, english.adjectives), ["", "", "ly", "er", "ness"]);
  }
  if (kind < 0.92) return `${choose(random, english.adjectives)}-${choose(random, english.nouns)}`;
  if (kind < 0.95) return `${englishWord(random)},`;
  if (kind < 0.98) return name(random);
  return number(random);
}

function inflect(random, word, endings) {
  const ending = choose(random, endings);
  const stem = /^[eiaou]/.test(ending) && word.endsWith("e") ? word.slice(0, -1) : word;
  return stem + ending;
}

function name(random) {
  const count = 2 + Math.floor(random() * 3);
  return capitalize(Array.from({ length: count }, () => choose(random, syllables)).join(""));
}

function number(random) {
  const value = Math.floor(10 ** (random() * 6));
  const percent = (random() * 100).toFixed(1);
  return choose(random, [`${value}`, value.toLocaleString("en-US"), `${percent}%`, `$${percent}`]);
}

function foreignSentence(random) {
  if (random() < 0.2) {
    const words = choose(random, Object.values(unspaced));
    const parts = Array.from({ length: 6 + Math.floor(random() * 14) }, () =>
      choose(random, words),
    );
    return `${parts.join("")}。`;
  }
  const words = choose(random, Object.values(languages));
  const parts = Array.from({ length: 4 + Math.floor(random() * 12) }, () =>
    random() < 0.02 ? name(random) : chooseByRank(random, words),
  );
  const end = random() < 0.12 ? ` ${choose(random, emoji)}` : choose(random, [".", ".", "?", "!"]);
  return capitalize(parts.join(" ")) + end;
}

function camelCase(random) {
  return choose(random, english.verbs) + capitalize(choose(random, english.nouns));
}

function snakeCase(random) {
  return `${choose(random, english.adjectives)}_${choose(random, english.nouns)}`;
}

function javascript(random) {
  const [first, second, list] = [camelCase(random), choose(random, english.nouns), name(random)];
  const value = number(random).replaceAll(/[,%$]/g, "");
  return `
/** ${englishSentence(random)} */
export async function ${first}(${second}, { ${camelCase(random)} = ${value}, limit = 0x${value} } = {}) {
  const ${list} = new Map();
  for (const [index, ${second}Item] of ${second}.entries()) {
    if (!${second}Item || ${list}.has(index)) continue;
    ${list}.set(\`${choose(random, english.small)}-\${index}\`, await ${camelCase(random)}(${second}Item?.${camelCase(random)}));
  }
\treturn [...${list}.values()].filter((value) => value !== null && value >= ${value}); // ${name(random)}
}
`;
}

function python(random) {
  const [first, second] = [snakeCase(random), choose(random, english.nouns)];
  return `
class ${name(random)}(${capitalize(second)}Base):
    """${englishSentence(random)}"""

    def __init__(self, ${first}: list[int], *, ${second}: float = ${(random() * 10).toFixed(3)}) -> None:
        self._${first} = [x ** 2 for x in ${first} if x % ${1 + Math.floor(random() * 99)} == 0]
        self.${second} = np.zeros((${Math.floor(random() * 512)}, 4), dtype="float32")

    def ${snakeCase(random)}(self):
        print(f"{self.${second}!r}: {len(self._${first}):>8,}")
        return {"${snakeCase(random)}": self._${first}[::-1]}
`;
}
