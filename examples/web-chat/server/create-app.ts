import type { Handler } from "@llama2-kit/server";
import {
  createKeyCheck,
  errorResponse,
  refuseForeignOrigin,
  ServerError,
} from "@llama2-kit/server/routes";
import { APP_ROUTES, type AppContext } from "./app-routes.ts";
import type { ModelHolder } from "./model-holder.ts";
import type { PageFiles } from "./page-files.ts";
import type { TrainingHolder } from "./training-holder.ts";

/** What the app is made of. */
export interface AppParts {
  readonly holder: ModelHolder;
  readonly trainings: TrainingHolder;
  readonly page: PageFiles;
  /** None where anybody on this machine may use it. */
  readonly apiKeys: readonly string[];
  readonly version: string;
}

/** Puts the page, what it asks of its own server, and the model's API under one address. */
export function createApp({ holder, trainings, page, apiKeys, version }: AppParts): Handler {
  const needsKey = apiKeys.length > 0;
  const checkKey = createKeyCheck(needsKey ? apiKeys : undefined);
  const ending = new AbortController();
  const context: AppContext = { holder, trainings, version, needsKey, ending: ending.signal };

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/app/")) return answerPage(request, pathname);
    return page.answer(request) ?? holder.handler(request);
  }

  async function answerPage(request: Request, pathname: string): Promise<Response> {
    try {
      refuseForeignOrigin(request);
      if (pathname === "/app/access") return Response.json({ needsKey });
      await checkKey(request);
      return withSafety(await findRoute(request.method, pathname)(request, context));
    } catch (error) {
      return errorResponse(error);
    }
  }

  return Object.assign(answer, {
    requiresKey: needsKey,
    async drain({ deadlineMs = Infinity }: { readonly deadlineMs?: number | undefined } = {}) {
      ending.abort();
      trainings.stop();
      await holder.drain(deadlineMs);
    },
  });
}

function findRoute(method: string, path: string) {
  const route = APP_ROUTES[`${method} ${path}`];
  if (route) return route;
  const isKnown = Object.keys(APP_ROUTES).some((key) => key.endsWith(` ${path}`));
  throw isKnown
    ? new ServerError("METHOD_NOT_ALLOWED", `${path} does not take ${method}.`)
    : new ServerError("NOT_FOUND", `There is no ${path.slice(0, 200)}.`);
}

function withSafety(response: Response): Response {
  response.headers.set("x-content-type-options", "nosniff");
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
  return response;
}
