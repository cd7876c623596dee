import { parseArgs } from "node:util";
import { ServerError } from "../error.ts";

/** What the command line and the environment say. */
export interface CliOptions {
  readonly models: readonly string[];
  readonly id: string | undefined;
  /** Paths by name. */
  readonly adapters: Readonly<Record<string, string>>;
  readonly upstream: string | undefined;
  readonly upstreamModel: string | undefined;
  readonly upstreamKey: string | undefined;
  readonly sequences: number;
  readonly maxQueue: number | undefined;
  readonly contextSize: number | undefined;
  readonly gpu: "auto" | "cuda" | "vulkan" | "metal" | false;
  readonly threads: number | undefined;
  readonly cacheDir: string | undefined;
  readonly port: number;
  readonly host: string;
  readonly apiKeys: readonly string[];
  readonly share: boolean;
  readonly cors: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly drainMs: number;
  readonly quiet: boolean;
}

/** What is asked for instead of serving. */
export type CliRequest = "help" | "version" | CliOptions;

const GPUS: Readonly<Record<string, CliOptions["gpu"]>> = {
  auto: "auto",
  cuda: "cuda",
  vulkan: "vulkan",
  metal: "metal",
  off: false,
};

/**
 * Reads the command line.
 *
 * @throws ServerError `BAD_OPTION`, or an error of `parseArgs`, with a message for the person who typed it
 */
export function readCliOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): CliRequest {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: "string", multiple: true },
      id: { type: "string" },
      adapter: { type: "string", multiple: true },
      upstream: { type: "string" },
      "upstream-model": { type: "string" },
      sequences: { type: "string" },
      "max-queue": { type: "string" },
      "context-size": { type: "string" },
      gpu: { type: "string" },
      threads: { type: "string" },
      "cache-dir": { type: "string" },
      port: { type: "string" },
      host: { type: "string" },
      "api-key": { type: "string", multiple: true },
      share: { type: "boolean" },
      cors: { type: "string", multiple: true },
      "allow-host": { type: "string", multiple: true },
      drain: { type: "string" },
      quiet: { type: "boolean" },
      version: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return "help";
  if (values.version) return "version";
  const { LLAMA2_API_KEY: key = "", LLAMA2_UPSTREAM_KEY: upstreamKey } = environment;
  const { share = false, model: models = [], upstream } = values;
  if (upstream !== undefined && models.length > 0) throw wrong("upstream", "given without --model");
  return {
    models,
    id: values.id,
    adapters: readAdapters(values.adapter ?? []),
    upstream,
    upstreamModel: values["upstream-model"],
    upstreamKey: upstreamKey || undefined,
    sequences: readNumber("sequences", values.sequences, 1) ?? 4,
    maxQueue: readNumber("max-queue", values["max-queue"], 0),
    contextSize: readNumber("context-size", values["context-size"], 8),
    gpu: readGpu(values.gpu),
    threads: readNumber("threads", values.threads, 1),
    cacheDir: values["cache-dir"],
    port: readNumber("port", values.port, 0) ?? 8080,
    host: values.host ?? (share ? "0.0.0.0" : "127.0.0.1"),
    apiKeys: [...(values["api-key"] ?? []), ...key.split(",").filter(Boolean)],
    share,
    cors: values.cors ?? [],
    allowedHosts: values["allow-host"] ?? [],
    drainMs: (readNumber("drain", values.drain, 0) ?? 30) * 1000,
    quiet: values.quiet ?? false,
  };
}

function readNumber(name: string, text: string | undefined, min: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) >= min) return Number(text);
  throw wrong(name, `an integer of at least ${min}; it is ${JSON.stringify(text)}`);
}

function readGpu(text = "auto"): CliOptions["gpu"] {
  const gpu = Object.hasOwn(GPUS, text) ? GPUS[text] : undefined;
  if (gpu !== undefined) return gpu;
  throw wrong("gpu", `one of ${Object.keys(GPUS).join(", ")}; it is ${JSON.stringify(text)}`);
}

function readAdapters(adapters: readonly string[]): Readonly<Record<string, string>> {
  const entries = adapters.map((text) => {
    const [, name, path] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (name === undefined || path === undefined) throw wrong("adapter", "<name>=<path>");
    return [name, path];
  });
  return Object.fromEntries(entries);
}

function wrong(name: string, allowed: string): ServerError {
  return new ServerError("BAD_OPTION", `--${name} must be ${allowed}.`, { parameter: name });
}
