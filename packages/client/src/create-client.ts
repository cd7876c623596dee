import { checkClientOptions, checkFormatter } from "./check-client-options.ts";
import { type Client, makeClient } from "./client.ts";
import { badParameter } from "./describe.ts";
import type { Dialect } from "./dialect.ts";
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
import { Endpoint, oneEndpoint } from "./endpoint.ts";
import { EndpointPool } from "./endpoint-pool.ts";
import type { CommonOptions } from "./options.ts";
import { probeOnce } from "./probe.ts";
import { openResumable } from "./resume.ts";
import { readSettings } from "./settings.ts";

/** A kind of server. */
export type DialectName =
  /** Any server of OpenAI's protocol, with the options that all of them have. */
  | "openai"
  /** That of `@llama2-kit/server`. */
  | "llama2-kit"
  | "vllm"
  | "llama-server"
  | "tgi"
  | "ollama"
  | "sglang"
  | "lm-studio"
  /** Llama 2 from Azure AI's model catalogue. */
  | "azure";

/** Made when they are asked for, so that bundlers can leave out what nobody asks for. */
const DIALECTS: Readonly<Record<DialectName, () => Dialect>> = {
  openai: () => ({ ...openai(), ...openAIExtras }),
  "llama2-kit": llama2Kit,
  vllm,
  "llama-server": llamaServer,
  tgi,
  ollama,
  sglang,
  "lm-studio": lmStudio,
  azure,
};

/** What a client is made with. */
export interface ClientOptions extends CommonOptions {
  /**
   * What kind of server it is. `openai`, the default, is the protocol that all of them speak; naming the server lets it do more.
   * `auto` asks the server at the first use.
   */
  readonly dialect?: DialectName | "auto" | undefined;
}

/**
 * Makes a client of a server that runs a Llama 2.
 *
 * @param options - where the server is, what kind it is, and how to behave
 * @returns a `ChatModel`
 * @throws ClientError `BAD_PARAMETER`
 *
 * @example
 * ```ts
 * const model = createClient({ baseUrl: "http://localhost:8000/v1", dialect: "vllm", model: "llama-2-7b-chat" });
 * const stream = model.chat([{ role: "user", content: "What is a llama?" }], { maxTokens: 200 });
 * for await (const piece of stream.textStream()) process.stdout.write(piece);
 * ```
 */
export function createClient(options: ClientOptions): Client {
  checkClientOptions(options, ["dialect"]);
  const [first = "", ...others] = [options.baseUrl].flat();
  const [endpoint, ...more] = [new Endpoint(first), ...others.map((url) => new Endpoint(url))];
  const endpoints = more.length > 0 ? new EndpointPool([endpoint, ...more]) : oneEndpoint(endpoint);
  const { formatPrompt, resume } = options;
  const settings = {
    ...readSettings(options, endpoints),
    ...(formatPrompt && { formatPrompt: checkFormatter(formatPrompt) }),
    ...(resume && { resume: openResumable }),
  };
  const { dialect = "openai", model = endpoints.host, id = model } = options;
  if (dialect === "auto") return makeClient(id, settings, probeOnce(settings));
  if (typeof dialect === "string" && Object.hasOwn(DIALECTS, dialect)) {
    return makeClient(id, settings, DIALECTS[dialect]());
  }
  const names = Object.keys(DIALECTS).map((name) => JSON.stringify(name));
  throw badParameter("dialect", dialect, `"auto" or one of ${names.join(", ")}`);
}
