import { parseArgs } from "node:util";
import type { GpuChoice } from "@llama2-kit/inference";
import type { LoadRequest } from "../src/app-api.ts";

/** What the command line and the environment say. */
export interface Options {
  /** What to load first. */
  readonly load: LoadRequest;
  /** What every model is loaded with. */
  readonly machine: Machine;
  /** Undefined where none was asked for: then it is 8080, or the next one that is free. */
  readonly port: number | undefined;
  readonly host: string;
  readonly apiKeys: readonly string[];
  readonly allowedHosts: readonly string[];
}

/** How models run here. */
export interface Machine {
  readonly contextSize: number | undefined;
  readonly sequences: number;
  readonly gpu: GpuChoice;
  readonly threads: number | undefined;
  readonly cacheDir: string | undefined;
  /** Where adapters that are taught here are written, and found again. */
  readonly adaptersFolder: string;
}

const GPUS = ["auto", "cuda", "vulkan", "metal", "off"] as const;

/**
 * Reads the command line.
 *
 * @param environment - has keys in `LLAMA2_API_KEY`, with commas
 * @returns what is asked for, which may be to be told the options or the version
 * @throws Error with a message for the person who typed it
 */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options | "help" | "version" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: "string" },
      adapter: { type: "string", multiple: true },
      "adapters-folder": { type: "string" },
      "context-size": { type: "string" },
      sequences: { type: "string" },
      gpu: { type: "string" },
      threads: { type: "string" },
      "cache-dir": { type: "string" },
      port: { type: "string" },
      host: { type: "string" },
      share: { type: "boolean" },
      "api-key": { type: "string", multiple: true },
      "allow-host": { type: "string", multiple: true },
      version: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return "help";
  if (values.version) return "version";
  const { LLAMA2_API_KEY: keys = "" } = environment;
  return {
    load: { model: values.model ?? "cria", adapters: (values.adapter ?? []).map(readAdapter) },
    machine: {
      contextSize: readNumber("context-size", values["context-size"], 8),
      sequences: readNumber("sequences", values.sequences, 1) ?? 2,
      gpu: readGpu(values.gpu),
      threads: readNumber("threads", values.threads, 1),
      cacheDir: values["cache-dir"],
      adaptersFolder: values["adapters-folder"] ?? "adapters",
    },
    port: readNumber("port", values.port, 0, 65_535),
    host: values.host ?? (values.share ? "0.0.0.0" : "127.0.0.1"),
    apiKeys: [...(values["api-key"] ?? []), ...keys.split(",").filter(Boolean)],
    allowedHosts: values["allow-host"] ?? [],
  };
}

function readAdapter(text: string): { name: string; path: string } {
  const [, name, path] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || path === undefined) throw new Error("--adapter must be <name>=<path>.");
  return { name, path };
}

function readNumber(
  name: string,
  text: string | undefined,
  min: number,
  max = 999_999_999,
): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  throw new Error(
    `--${name} must be an integer from ${min} to ${max}; it is ${JSON.stringify(text)}.`,
  );
}

function readGpu(text = "auto"): GpuChoice {
  const gpu = GPUS.find((one) => one === text);
  if (gpu === undefined) {
    throw new Error(`--gpu must be one of ${GPUS.join(", ")}; it is ${JSON.stringify(text)}.`);
  }
  return gpu === "off" ? false : gpu;
}
