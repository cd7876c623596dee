import { type Handler, ServerError } from "@llama2-kit/server";
import { type RunningServer, serve } from "@llama2-kit/server/node";
import type { Options } from "./options.ts";

const FIRST_PORT = 8080;
const TRIES = 10;

/**
 * Listens: on the port that was asked for, and on no other; else on the first free one from 8080, as then nobody counts on
 * one.
 *
 * @throws ServerError
 */
export async function listen(
  handler: Handler,
  { port, host, allowedHosts }: Pick<Options, "port" | "host" | "allowedHosts">,
): Promise<RunningServer> {
  if (port !== undefined) {
    try {
      return await serve(handler, { port, host, allowedHosts });
    } catch (error) {
      if (isInUse(error)) throw inUse(`Port ${port} is`, error);
      throw error;
    }
  }
  for (let next = FIRST_PORT; ; next++) {
    try {
      return await serve(handler, { port: next, host, allowedHosts });
    } catch (error) {
      if (!isInUse(error)) throw error;
      const last = FIRST_PORT + TRIES - 1;
      if (next === last) throw inUse(`The ports ${FIRST_PORT} to ${last} are all`, error);
    }
  }
}

function isInUse(error: unknown): boolean {
  if (!ServerError.isInstance(error)) return false;
  return (error.cause as NodeJS.ErrnoException | undefined)?.code === "EADDRINUSE";
}

function inUse(what: string, cause: unknown): ServerError {
  const message = `${what} in use, perhaps by another web chat. Choose another with --port, or any free one with --port 0.`;
  return new ServerError("CANNOT_LISTEN", message, { cause });
}
