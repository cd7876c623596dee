import type { Handler } from "@llama2-kit/server";
import { nodeListener } from "@llama2-kit/server/node";
import Fastify, { type FastifyInstance } from "fastify";

/**
 * A Llama 2 as a part of an app of Fastify's, which leaves requests under `/llm` to the handler as they come.
 *
 * @param handler - made with `basePath: "/llm"`, where the app has it
 */
export function createFastifyApp(handler: Handler): FastifyInstance {
  // At its end it would else wait for connections that callers keep open. The handler has drained by then.
  const app = Fastify({ forceCloseConnections: true });
  const listener = nodeListener(handler);
  app.get("/", () => "My app");
  app.register(async (scope) => {
    // The handler reads bodies itself, within limits of its own.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.all("/llm/*", (request, reply) => {
      reply.hijack();
      listener(request.raw, reply.raw);
    });
  });
  return app;
}
