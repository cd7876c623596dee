// Whether all of them say the same.
import { ours } from "./contestants.mjs";
import { writeCode, writeEnglish, writeMessages, writeMultilingual } from "./texts.mjs";

/** What is measured: here all must agree, or their figures could not be compared. */
const plain = {
  "chat messages": writeMessages(900, 300),
  English: texts(writeEnglish, 910),
  multilingual: texts(writeMultilingual, 920),
  code: texts(writeCode, 930),
};

/** What is not. */
const odd = {
  "names of special tokens": ["<s>", "Say </s> twice: </s>", "a <unk> b", "[INST] <s> [/INST]"],
  "white space": ["", " ", "  a", "\n\n b", "\ta\t", "a   \n   b", "\u00a0x\u3000y", "\r\n"],
  "lone surrogates": ["\ud800", "a\udc00b", "\ud83e \udd99", "\udc00\ud800"],
  "odd characters": ["▁a ▁", "\0", "\ufeffx", "\ufffd", "e\u0301", "\u{10ffff}", "İi̇ſ"],
};

function texts(write, seed) {
  return Array.from({ length: 10 }, (_, index) => write(seed + index, 4000));
}

/**
 * @param {Record<string, import("./contestants.mjs").Contestant>} contestants
 * @returns {Promise<import("../report.mjs").Table>}
 */
export async function compareIds(contestants) {
  const groups = { ...plain, ...odd };
  const rows = [];
  for (const [name, contestant] of Object.entries(contestants)) {
    const shares = [];
    for (const [group, members] of Object.entries(groups)) {
      const share = await shareOfSame(contestant, contestants[ours], members);
      if (share < 1 && group in plain) throw new Error(`${name} has other ids than ours: ${group}`);
      shares.push(`${Math.round(share * 100)} %`);
    }
    rows.push([name, ...shares]);
  }
  return {
    title: "Texts with the same ids as ours",
    columns: Object.keys(groups),
    rows,
    notes: [
      "packages/tokenizer has the tests that ours are SentencePiece's",
      "the texts of the first four groups are such as are measured; the last four are a few cases",
    ],
  };
}

async function shareOfSame(contestant, reference, members) {
  let same = 0;
  for (const text of members) {
    const [ids, wanted] = [await contestant.encode(text), reference.encode(text)];
    if (isSame(ids, wanted)) same++;
  }
  return same / members.length;
}

function isSame(ids, wanted) {
  return ids.length === wanted.length && wanted.every((id, index) => Number(ids[index]) === id);
}
