import { describeApi } from "../openapi/document.ts";
import type { RouteHandler } from "../service.ts";

/** `GET /health`: whether the process is alive. It goes on being so while it drains, or while models are loaded. */
export const health: RouteHandler = () => ({ json: { status: "ok" } });

/** `GET /ready`: whether it is to be sent requests. */
export const ready: RouteHandler = (_, { models, flights }) => {
  const { missing } = models;
  if (flights.isDraining) return { status: 503, json: { status: "draining" } };
  if (missing.length > 0) return { status: 503, json: { status: "loading", models: missing } };
  return { json: { status: "ready" } };
};

/** `GET /metrics`, for Prometheus. */
export const metrics: RouteHandler = (_, service) => ({
  text: service.metrics.write(service),
  contentType: "text/plain; version=0.0.4; charset=utf-8",
});

/** `GET /openapi.json` */
export const openApi: RouteHandler = () => ({ json: describeApi() });
