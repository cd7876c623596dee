import { pathToFileURL } from "node:url";
import { WeightsError } from "../error.ts";
import { listFiles, listFolder, type Upload } from "./list-uploads.ts";
import { checkPushOptions, type PushOptions } from "./push-options.ts";

type Hub = typeof import("@huggingface/hub");

/** What came of an upload. */
export interface PushResult {
  /** The commit's hash. */
  readonly commit: string;
  /** The commit's page. */
  readonly url: string;
}

/**
 * Uploads files to a model's repository on the Hugging Face Hub, all in one commit. The repository and the branch are
 * created where there are none.
 *
 * @param options - what to upload, where to, and with which token
 * @returns the commit
 * @throws WeightsError `BAD_OPTION`, `NOT_FOUND`, or `HUB_FAILED` with what the hub said; the token stands in none of them
 * @example
 * ```ts
 * const { url } = await pushToHub({
 *   folder: "mine",
 *   repo: "zoe/llama-2-7b-mine",
 *   token: process.env.HF_TOKEN ?? "",
 *   private: true,
 * });
 * ```
 */
export async function pushToHub(options: PushOptions): Promise<PushResult> {
  checkPushOptions(options);
  const { folder, files = [], signal } = options;
  signal?.throwIfAborted();
  const uploads = folder === undefined ? await listFiles(files) : await listFolder(folder);
  const hub = await import("@huggingface/hub");
  try {
    const target = connect(options);
    await ensureRepo(hub, target, options.private);
    if (options.branch !== undefined) await ensureBranch(hub, target, options.branch);
    return await commit(hub, target, uploads, options);
  } catch (error) {
    // An aborted request fails in ways of its own.
    signal?.throwIfAborted();
    throw explainFailure(error, options);
  }
}

/** What every call of the library takes. */
interface Target {
  readonly repo: { readonly type: "model"; readonly name: string };
  readonly accessToken: string;
  readonly hubUrl?: string;
  readonly fetch: typeof fetch;
}

function connect({ repo, token, endpoint, signal }: PushOptions): Target {
  return {
    repo: { type: "model", name: repo },
    accessToken: token,
    ...(endpoint === undefined ? {} : { hubUrl: endpoint.replace(/\/+$/, "") }),
    // Some of the library's requests know no signal.
    fetch: (input, init) => {
      const signals = [signal, init?.signal].filter((one) => one instanceof AbortSignal);
      return fetch(input, { ...init, signal: AbortSignal.any(signals) });
    },
  };
}

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const MISSING = 404;
const CONFLICT = 409;

/** Creates the repository, unless it can be seen: a token may be good for one repository alone. */
async function ensureRepo(hub: Hub, target: Target, isPrivate?: boolean): Promise<void> {
  try {
    await hub.checkRepoAccess(target);
  } catch (error) {
    // The hub says unauthorised of what there is not, too, so as not to tell what there is.
    if (!hasStatus(error, MISSING, UNAUTHORIZED)) throw error;
    const visibility = isPrivate ? ("private" as const) : ("public" as const);
    const extra = isPrivate === undefined ? {} : { visibility };
    await ignore(CONFLICT, hub.createRepo({ ...target, ...extra }));
  }
}

async function ensureBranch(hub: Hub, target: Target, branch: string): Promise<void> {
  if (branch !== "main") await ignore(CONFLICT, hub.createBranch({ ...target, branch }));
}

async function ignore(status: number, work: Promise<unknown>): Promise<void> {
  await work.catch((error) => {
    if (!hasStatus(error, status)) throw error;
  });
}

function hasStatus(error: unknown, ...codes: number[]): boolean {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === "number" && codes.includes(status);
}

async function commit(
  hub: Hub,
  target: Target,
  uploads: readonly Upload[],
  options: PushOptions,
): Promise<PushResult> {
  const { branch, message = "Upload with llama2-kit", signal } = options;
  const events = hub.commitIter({
    ...target,
    title: message,
    operations: uploads.map(({ source, path }) => ({
      operation: "addOrUpdate",
      path,
      content: pathToFileURL(source),
    })),
    ...(branch === undefined ? {} : { branch }),
    ...(signal === undefined ? {} : { abortSignal: signal }),
  });
  const report = createReporter(uploads, options);
  for (;;) {
    const { done, value } = await events.next();
    if (done) return { commit: value?.commit.oid ?? "", url: value?.commit.url ?? "" };
    if (value.event === "fileProgress" && value.state !== "error") {
      report(value.path, value.state, value.progress);
    }
  }
}

/** Adds up the progress of single files. */
function createReporter(uploads: readonly Upload[], { onProgress }: PushOptions) {
  const sizes = new Map(uploads.map(({ path, size }) => [path, size]));
  const total = uploads.reduce((sum, { size }) => sum + size, 0);
  const sent = new Map<string, number>();
  return (path: string, phase: "hashing" | "uploading", share: number) => {
    const size = sizes.get(path) ?? 0;
    if (phase === "uploading") sent.set(path, Math.max(sent.get(path) ?? 0, share * size));
    const done = Math.round([...sent.values()].reduce((sum, bytes) => sum + bytes, 0));
    onProgress?.({ phase, path, done, total });
  };
}

/** The library's own error stays out of it: it can hold requests, and with them the token. */
function explainFailure(error: unknown, { repo, token, endpoint }: PushOptions): WeightsError {
  if (WeightsError.isInstance(error)) return error;
  const { message = String(error), cause } = error as { message?: string; cause?: unknown };
  const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
  const advice = hasStatus(error, UNAUTHORIZED, FORBIDDEN)
    ? " Look whether the token may write to it."
    : "";
  const where = endpoint ?? "https://huggingface.co";
  const said = reason.replaceAll(token, "[token]").replace(/\.?$/, ".");
  return new WeightsError(
    "HUB_FAILED",
    `Uploading to ${repo} at ${where} failed: ${said}${advice}`,
  );
}
