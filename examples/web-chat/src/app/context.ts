import { createContext } from "preact";
import { useContext, useLayoutEffect, useState } from "preact/hooks";
import type { LoadedModel } from "../app-api.ts";
import { answeringModel, type ConnectionState } from "../connection/connection.ts";
import type { Settings } from "../store/settings.ts";
import type { App } from "./app.ts";

/** Leads every component to the app. */
export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("There is no app around this component.");
  return app;
}

/** Something that tells when it has changed. */
export interface Subscribable {
  subscribe(listener: () => void): () => void;
}

/** Reads something, and again whenever its source has changed. */
export function useSnapshot<T>(source: Subscribable, read: () => T): T {
  const [, draw] = useState(0);
  useLayoutEffect(() => {
    let last = read();
    const compare = (): void => {
      const next = read();
      if (Object.is(last, next)) return;
      last = next;
      draw((count) => count + 1);
    };
    return source.subscribe(compare);
  }, [source]);
  return read();
}

export function useValue<T>(value: Subscribable & { get(): T }): T {
  return useSnapshot(value, () => value.get());
}

/** How the page stands with its own server. */
export function useConnection(): ConnectionState {
  const { connection } = useApp();
  return useSnapshot(connection, () => connection.getState());
}

/** The model of the page's own server. */
export function useModel(): LoadedModel | undefined {
  const { connection } = useApp();
  return useSnapshot(connection, () => answeringModel(connection.getState()));
}

export function useSettings(): Settings {
  return useValue(useApp().settings);
}
