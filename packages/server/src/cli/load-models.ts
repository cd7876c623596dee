import type { ChatModel } from "@llama2-kit/protocol";
import type { CliOptions } from "./options.ts";

/** A model with what it takes to let go of it. */
export type ServedModel = ChatModel & { dispose?(): Promise<void> };

/** Loads what is to be served, by name. The packages that do so are looked for only now: the server itself needs none of them. */
export async function loadModels(
  options: CliOptions,
  signal: AbortSignal,
): Promise<Record<string, ServedModel>> {
  const models =
    options.upstream === undefined ? await loadLocal(options, signal) : [await connect(options)];
  return Object.fromEntries(models.map((model) => [model.id, model]));
}

async function loadLocal(options: CliOptions, signal: AbortSignal): Promise<ServedModel[]> {
  const { loadModel } = await import("@llama2-kit/inference");
  const { sequences, maxQueue, contextSize, gpu, threads, cacheDir, adapters, id } = options;
  const paths = options.models.length > 0 ? options.models : [await criaPath()];
  const loaded: ServedModel[] = [];
  for (const model of paths) {
    const name =
      paths.length === 1 ? (id ?? (options.models.length > 0 ? undefined : "cria")) : undefined;
    loaded.push(
      await loadModel({
        model,
        id: name,
        sequences,
        maxQueue,
        contextSize,
        gpu,
        threads,
        cacheDir,
        ...(Object.keys(adapters).length > 0 && { adapters }),
        onWarning: (warning) => process.stderr.write(`warning: ${warning}\n`),
        signal,
      }),
    );
  }
  return loaded;
}

async function criaPath(): Promise<string> {
  const { criaModelPath } = await import("@llama2-kit/cria");
  return criaModelPath;
}

async function connect({
  upstream = "",
  upstreamModel,
  upstreamKey,
  id,
}: CliOptions): Promise<ServedModel> {
  const { createClient } = await import("@llama2-kit/client");
  return createClient({
    baseUrl: upstream,
    ...(upstreamModel !== undefined && { model: upstreamModel }),
    ...(upstreamKey !== undefined && { apiKey: upstreamKey }),
    id: id ?? upstreamModel ?? "upstream",
  });
}
