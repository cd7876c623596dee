/**
 * Listens with a handler on Node.
 *
 * @packageDocumentation
 */
export { isLoopback, publicUrls } from "./addresses.ts";
export { type FetchHandler, type NodeListenerOptions, nodeListener } from "./node-listener.ts";
export { type RunningServer, type ServeOptions, serve } from "./serve.ts";
