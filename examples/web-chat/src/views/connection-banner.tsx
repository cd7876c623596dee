import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp, useConnection, useSettings } from "../app/context.ts";

/** Says that the server is gone, or that it wants a key, until that is over. */
export function ConnectionBanner(): VNode | null {
  const { connection, dialog, status } = useApp();
  const isForeign = useSettings().server !== null;
  const now = useConnection().status;
  const wasOffline = useRef(false);
  useEffect(() => {
    if (now === "offline") status.set("The connection to the server is lost.");
    if (now === "online" && wasOffline.current) status.set("Connected again.");
    if (now === "locked") dialog.set("key");
    wasOffline.current = now === "offline" || (wasOffline.current && now === "connecting");
  }, [now]);
  if (isForeign) return null;
  if (now === "offline") {
    return (
      <div class="banner">
        <span>Not connected to the server. Trying again…</span>
        <button type="button" class="link" onClick={() => connection.reconnect()}>
          Try now
        </button>
      </div>
    );
  }
  if (now !== "locked") return null;
  return (
    <div class="banner">
      <span>The server asks for a key.</span>
      <button type="button" class="link" onClick={() => dialog.set("key")}>
        Enter the key
      </button>
    </div>
  );
}
