import type { ChatModel } from "@llama2-kit/protocol";
import { badOption, describe, ServerError } from "./error.ts";

/** The models that a server has, by the names that callers ask for. One model may have several names. */
export type Models =
  | readonly ChatModel[]
  | Readonly<Record<string, ChatModel | PromiseLike<ChatModel>>>;

/** A name that callers can ask for, and what answers to it. */
export interface ServedModel {
  readonly name: string;
  readonly model: ChatModel;
  /** The LoRA adapter that answers, where the name is one's. */
  readonly adapter: string | undefined;
  /** The name of the model that the adapter belongs to. */
  readonly parent: string | undefined;
}

interface Entry {
  readonly name: string;
  /** Undefined until it is loaded. */
  model: ChatModel | undefined;
  failure: unknown;
}

/** Clients of Hugging Face that are given an address and no model send the address as the model. */
const ADDRESS = /^https?:\/\//i;

/** Ollama's clients may add it to any name. */
const LATEST = /:latest$/;

/**
 * Finds models by name. A LoRA adapter of a model is a model too: as `model:adapter`, and by its own name where nothing
 * else has that. The first model answers where no name is given.
 */
export class ModelDirectory {
  readonly #entries: readonly Entry[];

  /** @throws ServerError `BAD_OPTION` */
  constructor(models: Models) {
    this.#entries = readModels(models).map(([name, model]) => follow(name, model));
    if (this.#entries.length === 0) throw badOption("models", models, "at least one model");
    const names = this.#entries.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw badOption("models", twice, "models with different ids");
  }

  /**
   * @param name - what the caller asked for
   * @param adapter - the adapter that it asked for apart from that
   * @throws ServerError `MODEL_NOT_FOUND`, `MODEL_LOADING` or `MODEL_FAILED`
   */
  find(name: string | undefined, adapter?: string): ServedModel {
    const served = this.#findName(name);
    if (adapter === undefined) return served;
    const known = (served.model.adapters ?? []).includes(adapter);
    if (!known) throw notFound(adapter, "adapter_id");
    return { ...served, adapter, parent: served.name };
  }

  #findName(name: string | undefined): ServedModel {
    const [first] = this.#entries;
    if (first && (name === undefined || name === "" || ADDRESS.test(name))) return asServed(first);
    const wanted = name ?? "";
    const entry = this.#entries.find((other) => other.name === wanted);
    if (entry) return asServed(entry);
    const adapter = this.#findAdapter(wanted);
    if (adapter) return adapter;
    if (LATEST.test(wanted)) return this.#findName(wanted.replace(LATEST, ""));
    // It may be an adapter of one that is still being loaded.
    const pending = this.#entries.find(
      (other) => !other.model && wanted.startsWith(`${other.name}:`),
    );
    if (pending) return asServed(pending);
    throw notFound(wanted, "model");
  }

  #findAdapter(wanted: string): ServedModel | undefined {
    const adapters = this.list().filter(({ adapter }) => adapter !== undefined);
    return adapters.find(
      ({ name, adapter, parent }) => name === wanted || `${parent}:${adapter}` === wanted,
    );
  }

  /** Every name, but for models that are not loaded yet. */
  list(): ServedModel[] {
    const loaded = this.#entries.filter((entry) => entry.model).map(asServed);
    const all = [...loaded];
    for (const { name: parent, model } of loaded) {
      for (const adapter of model.adapters ?? []) {
        const isFree = !all.some(({ name }) => name === adapter);
        all.push({ name: isFree ? adapter : `${parent}:${adapter}`, model, adapter, parent });
      }
    }
    return all;
  }

  /** Each model once, however many names it has. */
  get models(): ReadonlyMap<ChatModel, string> {
    const names = new Map<ChatModel, string>();
    for (const { name, model } of this.#entries) {
      if (model && !names.has(model)) names.set(model, name);
    }
    return names;
  }

  /** Names of the models that are not loaded, or could not be. */
  get missing(): readonly string[] {
    return this.#entries.filter(({ model }) => !model).map(({ name }) => name);
  }
}

function readModels(models: Models): [string, ChatModel | PromiseLike<ChatModel>][] {
  if (typeof models !== "object" || models === null) {
    throw badOption("models", models, "an array of models, or an object of models by name");
  }
  const isList = Array.isArray(models);
  const entries = isList
    ? (models as readonly ChatModel[]).map((model): [string, ChatModel] => [model?.id, model])
    : Object.entries(models as Readonly<Record<string, ChatModel | PromiseLike<ChatModel>>>);
  for (const [name, model] of entries) {
    if (typeof name !== "string" || name === "")
      throw badOption("models", name, "models with names");
    if (isChatModel(model) || isPromise(model)) continue;
    throw badOption(`models.${name}`, model, "a ChatModel, or a promise of one");
  }
  return entries;
}

function follow(name: string, model: ChatModel | PromiseLike<ChatModel>): Entry {
  if (!isPromise(model)) return { name, model, failure: undefined };
  const entry: Entry = { name, model: undefined, failure: undefined };
  model.then(
    (loaded) => {
      if (isChatModel(loaded)) entry.model = loaded;
      else entry.failure = badOption(`models.${name}`, loaded, "a promise of a ChatModel");
    },
    (cause: unknown) => {
      entry.failure = cause ?? new Error("unknown");
    },
  );
  return entry;
}

/** @throws ServerError `MODEL_LOADING` or `MODEL_FAILED` */
function asServed({ name, model, failure }: Entry): ServedModel {
  if (model) return { name, model, adapter: undefined, parent: undefined };
  if (failure === undefined) {
    throw new ServerError("MODEL_LOADING", `${describe(name)} is being loaded. Try again soon.`);
  }
  throw new ServerError("MODEL_FAILED", `${describe(name)} could not be loaded.`, {
    cause: failure,
  });
}

function notFound(name: string, parameter: string): ServerError {
  const message = `The model ${describe(name)} does not exist. GET /v1/models tells which do.`;
  return new ServerError("MODEL_NOT_FOUND", message, { parameter });
}

function isChatModel(value: unknown): value is ChatModel {
  const model = value as ChatModel | null;
  return typeof model?.chat === "function" && typeof model.complete === "function";
}

function isPromise(value: unknown): value is PromiseLike<ChatModel> {
  return typeof (value as PromiseLike<ChatModel> | null)?.then === "function";
}
