/**
 * An OpenAI-compatible server over any Llama 2: `createHandler` answers web-standard requests, wherever these are. To
 * listen with it on Node, see `@llama2-kit/server/node`.
 *
 * @packageDocumentation
 */
export type { ApiKeys } from "./access/authentication.ts";
export type { CorsOrigins } from "./access/cors.ts";
export { createHandler, type Handler } from "./create-handler.ts";
export { ServerError, type ServerErrorCode } from "./error.ts";
export type { HandlerLimits, HandlerOptions } from "./handler-options.ts";
export type { Models } from "./model-directory.ts";
export type { RequestLogEntry } from "./observe/request-log.ts";
