/**
 * What routes of your own beside the handler's take to behave as these do: the same keys, bodies and errors.
 *
 * @packageDocumentation
 */
export { type ApiKeys, createKeyCheck } from "./access/authentication.ts";
export { refuseForeignOrigin } from "./access/origins.ts";
export { ServerError, type ServerErrorCode } from "./error.ts";
export { errorResponse } from "./error-response.ts";
export { Fields, type JsonObject, type NumberLimits } from "./fields.ts";
export { readMessages } from "./parameters/messages.ts";
export { readJson } from "./request-body.ts";
export { refuseTooLong } from "./text-length.ts";
