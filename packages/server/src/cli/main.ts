// What `npx @llama2-kit/server` runs.
import { readFileSync } from "node:fs";
import { Llama2KitError } from "@llama2-kit/protocol";
import { createHandler, type RequestLogEntry, ServerError } from "../index.ts";
import { type RunningServer, serve } from "../node/index.ts";
import { announce } from "./announce.ts";
import { HELP } from "./help.ts";
import { loadModels, type ServedModel } from "./load-models.ts";
import { type CliOptions, readCliOptions } from "./options.ts";
import { isMissingPeer, type OwnPackage, startWithPeers } from "./provision.ts";

const own = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as OwnPackage;

const PUBLIC_WITHOUT_KEY =
  "That address can be reached from other machines, and there is no key. Give one in LLAMA2_API_KEY, listen on " +
  "127.0.0.1, or let everybody in with --share.";

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readCliOptions(args, process.env);
    if (typeof options === "string") {
      process.stdout.write(options === "help" ? HELP : `${own.version}\n`);
      return 0;
    }
    return await run(options);
  } catch (error) {
    if (isMissingPeer(error, own)) return startWithPeers(own, args);
    process.stderr.write(`llama2-server: ${describeError(error)}\n`);
    return 1;
  }
}

/** Listens at once, so that it can be asked whether it is ready, and loads meanwhile. */
async function run(options: CliOptions): Promise<number> {
  const leaving = new AbortController();
  const loading = loadModels(options, leaving.signal);
  loading.catch(() => {}); // it is awaited below
  const names = expectedNames(options);
  const pending = Object.fromEntries(
    names.map((name, index) => [name, loading.then((models) => nth(models, index))]),
  );
  for (const model of Object.values(pending)) model.catch(() => {});
  const server = await serve(createHandler(handlerOptions(options, pending)), {
    port: options.port,
    host: options.host,
    publicWithoutKey: options.share,
    ...(options.allowedHosts.length > 0 && { allowedHosts: options.allowedHosts }),
  });
  const ended = endBySignal(server, options.drainMs, () => leaving.abort());
  process.stderr.write(announce(server, options));
  try {
    const models = await loading;
    process.stderr.write(`Ready: ${names.join(", ")}\n`);
    await ended;
    await Promise.all(Object.values(models).map((model) => model.dispose?.()));
    return 0;
  } catch (error) {
    await server.close({ deadlineMs: 0 });
    if (leaving.signal.aborted) return 0;
    throw error;
  }
}

function handlerOptions(options: CliOptions, models: Record<string, Promise<ServedModel>>) {
  const { apiKeys, cors, quiet } = options;
  const log = (entry: RequestLogEntry) => process.stdout.write(`${JSON.stringify(entry)}\n`);
  return {
    models,
    ...(apiKeys.length > 0 && { apiKeys }),
    ...(cors.length > 0 && { cors: cors.includes("*") ? ("*" as const) : cors }),
    ...(!quiet && { log }),
  };
}

/** The models' names before they are loaded: as `loadModel` names them, after their files. */
function expectedNames({ models, id, upstream, upstreamModel }: CliOptions): string[] {
  if (upstream !== undefined) return [id ?? upstreamModel ?? "upstream"];
  if (models.length <= 1 && id !== undefined) return [id];
  if (models.length === 0) return ["cria"];
  return models.map((model) => (model.split(/[\\/:]/).at(-1) ?? model).replace(/\.gguf$/i, ""));
}

function nth(models: Record<string, ServedModel>, index: number): ServedModel {
  const model = Object.values(models)[index];
  if (!model) throw new Error("two models have the same name");
  return model;
}

/** The first signal drains, the second one ends at once. */
function endBySignal(server: RunningServer, drainMs: number, leave: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let isFirst = true;
    const end = () => {
      const deadlineMs = isFirst ? drainMs : 0;
      if (isFirst)
        process.stderr.write("Ending: running answers may go on, new ones are refused.\n");
      isFirst = false;
      leave();
      server.close({ deadlineMs }).then(resolve, reject);
    };
    process.on("SIGTERM", end);
    process.on("SIGINT", end);
  });
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (ServerError.isInstance(error) && error.code === "PUBLIC_WITHOUT_KEY")
    return PUBLIC_WITHOUT_KEY;
  const isForPeople = Llama2KitError.isInstance(error) || "code" in error;
  return (isForPeople ? error.message : (error.stack ?? error.message)).replace(/\n\s*/g, "\n  ");
}

process.exitCode = await main(process.argv.slice(2));
// A download that failed may go on trying, and would keep the process alive.
setTimeout(() => process.exit(), 500).unref();
