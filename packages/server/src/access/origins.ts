import { ServerError } from "../error.ts";

/**
 * Refuses requests that a browser sends for another site's page. For routes of your own that change something: `cors`
 * decides only who may read answers.
 *
 * @param request - its `Origin`, where it has one, must name the host that it asks; the scheme may be another one, as behind a
 *   proxy that ends TLS
 * @throws ServerError `WRONG_ORIGIN`
 *
 * @example
 * ```ts
 * refuseForeignOrigin(request); // throws where another site's page asks
 * ```
 */
export function refuseForeignOrigin(request: Request): void {
  const { headers } = request;
  const origin = headers.get("origin");
  const host = headers.get("host") ?? new URL(request.url).host;
  const isOwn = origin === null || (URL.canParse(origin) && new URL(origin).host === host);
  if (isOwn && headers.get("sec-fetch-site") !== "cross-site") return;
  throw new ServerError("WRONG_ORIGIN", "Pages of other sites cannot ask for this.");
}
