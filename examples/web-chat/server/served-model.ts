import { homedir } from "node:os";
import { resolve } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import {
  findModelFile,
  InferenceError,
  inspectModel,
  type LocalModel,
  listDevices,
  loadModel,
} from "@llama2-kit/inference";
import { createHandler, type Handler } from "@llama2-kit/server";
import type { LoadedModel, LoadProgress, LoadRequest } from "../src/app-api.ts";
import type { Machine } from "./options.ts";
import { findAdapters } from "./taught-adapters.ts";

/** A model that answers, by the API under `/v1`. */
export interface ServedModel {
  readonly request: LoadRequest;
  readonly facts: LoadedModel;
  readonly model: LocalModel;
  readonly handler: Handler;
}

/** How to load. */
export interface LoadSettings {
  readonly machine: Machine;
  readonly apiKeys: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** The model that comes with the app, by the name that requests have for it. */
const CRIA = "cria";

/**
 * Finds a model's file, having downloaded it where it is a URI.
 *
 * @throws InferenceError
 */
export async function findFile(
  { model }: LoadRequest,
  { machine: { cacheDir }, signal, onProgress }: LoadSettings,
): Promise<string> {
  if (model === CRIA) return criaModelPath;
  return findModelFile(model.replace(/^~(?=[\\/])/, homedir()), {
    cacheDir,
    signal,
    onDownloadProgress: ({ downloadedBytes: loadedBytes, totalBytes }) => {
      const fraction = totalBytes > 0 ? loadedBytes / totalBytes : undefined;
      onProgress({ phase: "downloading", fraction, loadedBytes, totalBytes });
    },
  });
}

/** Whether a file fits into the memory that is free now, as a whole. */
export async function fitsNow(
  file: string,
  request: LoadRequest,
  machine: Machine,
): Promise<boolean> {
  const { fit } = await inspectModel(resolve(file), {
    contextSize: request.contextSize ?? machine.contextSize,
    sequences: machine.sequences,
    gpu: machine.gpu,
  });
  return fit.gpu ? fit.gpu.fits === "all" : fit.ram.fits;
}

/**
 * Loads a model from its file.
 *
 * @throws InferenceError
 */
export async function loadServed(
  file: string,
  request: LoadRequest,
  settings: LoadSettings,
): Promise<ServedModel> {
  const { machine, apiKeys, signal } = settings;
  const named = request.adapters ?? [];
  const taught = (await findAdapters(machine.adaptersFolder, file)).filter(({ name, path }) =>
    named.every((other) => other.name !== name && resolve(other.path) !== resolve(path)),
  );
  let adapters = [...named, ...taught];
  const model = await loadWith(adapters, file, request, settings).catch((error: unknown) => {
    // What was asked for by name is told when it is wrong; what was found is left out.
    if (!isAdapterFault(error) || taught.length === 0) throw error;
    adapters = [...named];
    return loadWith(adapters, file, request, settings);
  });
  try {
    signal.throwIfAborted();
    const facts = await describeModel(model, { ...request, adapters }, machine);
    const handler = createHandler({
      models: [model],
      ...(apiKeys.length > 0 && { apiKeys }),
    });
    return { request, facts, model, handler };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

function loadWith(
  adapters: NonNullable<LoadRequest["adapters"]>,
  file: string,
  request: LoadRequest,
  { machine, signal, onProgress }: LoadSettings,
): Promise<LocalModel> {
  const { sequences, gpu, threads, cacheDir } = machine;
  return loadModel({
    model: file,
    id: request.model === CRIA ? CRIA : undefined,
    contextSize: request.contextSize ?? machine.contextSize,
    ...{ sequences, gpu, threads, cacheDir, signal, adapters },
    onLoadProgress: (fraction) => onProgress({ phase: "loading", fraction }),
  });
}

function isAdapterFault(error: unknown): boolean {
  return InferenceError.isInstance(error) && error.code.includes("ADAPTER");
}

async function describeModel(
  model: LocalModel,
  request: LoadRequest,
  { sequences }: Machine,
): Promise<LoadedModel> {
  const { contextSize } = model;
  const info = await inspectModel(model.path, { contextSize, sequences, gpu: model.gpu });
  return {
    source: request.model,
    id: model.id,
    architecture: info.architecture,
    quantization: info.quantization,
    parameters: info.parameters,
    fileBytes: info.fileBytes,
    contextSize,
    trainedContextSize: info.contextSize,
    sequences,
    memoryBytes: info.memory.totalBytes,
    device: await describeDevice(model),
    chatFormat: info.chatTemplate,
    adapters: (request.adapters ?? []).map(({ name, path, scale = 1 }) => ({ name, path, scale })),
  };
}

const GPU_NAMES = { cuda: "CUDA", vulkan: "Vulkan", metal: "Metal" } as const;

async function describeDevice({ gpu, threads }: LocalModel): Promise<string> {
  if (!gpu) return `CPU, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  const { gpus } = await listDevices();
  const names = gpus.find(({ kind }) => kind === gpu)?.names ?? [];
  return [GPU_NAMES[gpu], ...names].join(", ");
}
