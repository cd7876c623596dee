import { fetchJson } from "./ask.ts";
import { tryEndpoints } from "./attempts.ts";
import { isRecord } from "./describe.ts";
import type { Dialect, Fields } from "./dialect.ts";
import { azure } from "./dialects/azure.ts";
import { llamaServer } from "./dialects/llama-server.ts";
import { llama2Kit } from "./dialects/llama2-kit.ts";
import { lmStudio } from "./dialects/lm-studio.ts";
import { ollama } from "./dialects/ollama.ts";
import { openai } from "./dialects/openai.ts";
import { openAIExtras } from "./dialects/openai-extras.ts";
import { sglang } from "./dialects/sglang.ts";
import { tgi } from "./dialects/tgi.ts";
import { vllm } from "./dialects/vllm.ts";
import type { Endpoint } from "./endpoint.ts";
import { ClientError } from "./error.ts";
import type { FindDialect } from "./generate.ts";
import type { Settings } from "./settings.ts";
import { abortable, Watch } from "./watch.ts";

/** Milliseconds that finding out may take. */
const PROBE_MS = 10_000;

/** Who the servers say their models are owned by. */
const OWNERS: Readonly<Record<string, () => Dialect>> = {
  "llama2-kit": llama2Kit,
  vllm,
  sglang,
  llamacpp: llamaServer,
  organization_owner: lmStudio,
};

/** What tells a server's kind by a route of its own, and a field of its answer. */
const SIGNS: readonly (readonly [path: string, field: string, dialect: () => Dialect])[] = [
  ["/api/version", "version", ollama],
  ["/info", "max_input_tokens", tgi],
  ["/info", "max_input_length", tgi],
  ["/props", "default_generation_settings", llamaServer],
];

/** Finds out at the first use what kind of server there is, and remembers it. A failure is not remembered. */
export function probeOnce(settings: Settings): FindDialect {
  let found: Promise<Dialect> | undefined;
  return (signal) => {
    if (!found) {
      const forget = () => {
        found = undefined;
      };
      found = probe(settings, forget);
      found.catch(forget);
    }
    // Others may wait for the same answer, so one caller's signal does not end the question.
    return abortable(found, signal);
  };
}

/** `onDoubt` is called where the server may be of another kind: it refused to tell, or could not. */
async function probe(settings: Settings, onDoubt: () => void): Promise<Dialect> {
  if (/\.(inference|models)\.(ai|ml)\.azure\.com$/.test(settings.endpoints.host)) return azure();
  const watch = new Watch(new AbortController().signal);
  watch.start("connect", Math.min(PROBE_MS, settings.timeouts.connectMs));
  try {
    return await tryEndpoints(settings, {
      signal: watch.signal,
      run: (endpoint) => recognize(settings, endpoint, onDoubt, watch.signal),
    });
  } finally {
    watch.stop();
  }
}

async function recognize(
  settings: Settings,
  endpoint: Endpoint,
  onDoubt: () => void,
  signal: AbortSignal,
): Promise<Dialect> {
  let isDoubtful = false;
  /** The fields of an answer; none where the server refuses. Fails where it cannot be reached. */
  const look = async (path: string): Promise<Fields> => {
    try {
      const json = await fetchJson(settings, endpoint, { path }, signal);
      return isRecord(json) ? json : {};
    } catch (error) {
      if (!ClientError.isInstance(error) || UNREACHABLE.includes(error.code)) throw error;
      if (DOUBTFUL.includes(error.code)) isDoubtful = true;
      return {};
    }
  };
  const { data } = await look("models");
  const { owned_by: owner } = Array.isArray(data) && isRecord(data[0]) ? data[0] : {};
  const dialect = typeof owner === "string" && Object.hasOwn(OWNERS, owner) && OWNERS[owner];
  if (dialect) return dialect();
  const answers = new Map<string, Fields>();
  for (const [path, field, kind] of SIGNS) {
    const answer = answers.get(path) ?? (await look(path));
    answers.set(path, answer);
    if (field in answer) return kind();
  }
  if (isDoubtful) onDoubt();
  return { ...openai(), ...openAIExtras };
}

const UNREACHABLE: readonly string[] = ["NETWORK", "TIMEOUT", "OVERLOADED"];

/** A key that has expired, or a proxy whose server is away, which may be otherwise at the next use. */
const DOUBTFUL: readonly string[] = ["UNAUTHORIZED", "SERVER_ERROR"];
