// An answer as servers stream it: the events of OpenAI's protocol, and of Ollama's, with the same text.

const WORDS =
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had which one you é 漢字 🦙 \n "quoted"'.split(
    " ",
  );

/** Random choices that are the same in every run. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

/** The pieces of an answer's text. */
function makePieces(count) {
  const next = random(1);
  return Array.from({ length: count }, () => ` ${WORDS[Math.floor(next() * WORDS.length)]}`);
}

const base = {
  id: `chatcmpl-${"a".repeat(32)}`,
  object: "chat.completion.chunk",
  model: "llama-2-7b-chat",
  created: 1_700_000_000,
};

function chunk(delta, finishReason = null) {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
  return JSON.stringify({ ...base, choices });
}

/**
 * Makes the events of an answer.
 *
 * @param {number} count of pieces of text
 * @returns {{ text: string, sse: string[], ndjson: string[] }}
 */
export function makeAnswer(count) {
  const pieces = makePieces(count);
  const usage = { prompt_tokens: 9, completion_tokens: count, total_tokens: count + 9 };
  const datas = [
    chunk({ role: "assistant", content: "" }),
    ...pieces.map((content) => chunk({ content })),
    chunk({}, "stop"),
    JSON.stringify({ ...base, choices: [], usage }),
    "[DONE]",
  ];
  const line = (content, more) => ({
    model: "llama2",
    created_at: "2023-08-04T08:52:19.385406455-07:00",
    message: { role: "assistant", content },
    ...more,
  });
  const end = { done: true, done_reason: "stop", prompt_eval_count: 9, eval_count: count };
  const lines = [...pieces.map((piece) => line(piece, { done: false })), line("", end)];
  return {
    text: pieces.join(""),
    sse: datas.map((data) => `data: ${data}\n\n`),
    ndjson: lines.map((value) => `${JSON.stringify(value)}\n`),
  };
}

/** Bytes in chunks of a size, as a network brings them. */
export function inChunks(events, size) {
  const bytes = new TextEncoder().encode(events.join(""));
  const chunks = [];
  for (let start = 0; start < bytes.length; start += size) {
    chunks.push(bytes.subarray(start, start + size));
  }
  return chunks;
}
