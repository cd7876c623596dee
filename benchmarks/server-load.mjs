// Asks a server, and does as little as it can with what comes.
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** The body of one of the completions. Without the end of the sequence, all of them are as long as they may be. */
export function completionOf(index, { tokens, seed }) {
  return {
    prompt: PROMPTS[index % PROMPTS.length],
    max_tokens: tokens,
    temperature: 1,
    seed: seed + index,
    logit_bias: { [END]: -100 },
  };
}

const END = 2;

const PROMPTS = ["Once upon a time", "The llama", "My name is", "A number"];

/**
 * Reads several streams at once.
 *
 * @returns {Promise<number>} how many tokens were generated, by the usage that is told
 */
export async function readStreams(url, load) {
  const all = Array.from({ length: load.streams }, async (_, index) => {
    const body = {
      ...completionOf(index, load),
      stream: true,
      stream_options: { include_usage: true },
    };
    const text = await post(`${url}/v1/completions`, JSON.stringify(body));
    const [, tokens] = /"completion_tokens":(\d+)/.exec(text.slice(-2000)) ?? [];
    if (tokens === undefined) throw new Error(`no usage: ${text.slice(-300)}`);
    return Number(tokens);
  });
  return (await Promise.all(all)).reduce((sum, tokens) => sum + tokens, 0);
}

/** Asks for short answers, so many at once. */
export async function askAtOnce(url, { connections, requests }) {
  let left = requests;
  const body = JSON.stringify({ prompt: "short", max_tokens: 5 });
  const ask = async () => {
    while (left-- > 0) await post(`${url}/v1/completions`, body);
  };
  await Promise.all(Array.from({ length: connections }, ask));
}

function post(url, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`${answer.statusCode}: ${text}`));
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
