import type { Handler } from "@llama2-kit/server";
import { Hono } from "hono";

/**
 * A Llama 2 as a part of an app of Hono's. Hono's requests are web-standard ones, and so are the handler's.
 *
 * @param handler - made with `basePath: "/llm"`, where the app has it
 */
export function createHonoApp(handler: Handler): Hono {
  const app = new Hono();
  app.get("/", (context) => context.text("My app"));
  app.all("/llm/*", (context) => handler(context.req.raw));
  return app;
}
