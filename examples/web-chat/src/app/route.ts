import { Value } from "./value.ts";

/** What the page shows. */
export type Route =
  /** Without a conversation, a new one. */
  | { readonly view: "chat"; readonly conversation?: string }
  | { readonly view: "notebook" }
  | { readonly view: "model" }
  | { readonly view: "training" }
  | { readonly view: "connect" };

/** The route that an address stands for, by what comes after `#/` in it. */
function parseRoute(hash: string): Route {
  const [view, id] = hash.replace(/^#\/?/, "").split("/");
  if (view === "notebook" || view === "model" || view === "training" || view === "connect") {
    return { view };
  }
  return view === "chat" && id ? { view, conversation: id } : { view: "chat" };
}

/** The address of a route. */
export function addressOf(route: Route): string {
  const id = route.view === "chat" ? route.conversation : undefined;
  return id === undefined ? `#/${route.view}` : `#/${route.view}/${id}`;
}

/** Follows the address, so that the browser's way back works. */
export function followAddress(): Value<Route> {
  const route = new Value(parseRoute(location.hash));
  addEventListener("hashchange", () => route.set(parseRoute(location.hash)));
  return route;
}
