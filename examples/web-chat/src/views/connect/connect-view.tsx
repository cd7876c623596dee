import type { VNode } from "preact";
import { useApp, useConnection, useSettings } from "../../app/context.ts";
import { CardsView } from "../../components/cards-view.tsx";
import { answeringModel } from "../../connection/connection.ts";
import { ForeignServerForm } from "./foreign-server-form.tsx";

const STATUS = {
  connecting: "Connecting…",
  online: "Connected",
  offline: "Not connected",
  locked: "A key is needed",
} as const;

/** Which server answers: the page's own, or any other that speaks OpenAI's protocol. */
export function ConnectView(): VNode {
  const { dialog, settings } = useApp();
  const { server, key } = useSettings();
  const state = useConnection();
  const model = answeringModel(state);
  return (
    <CardsView title="Connect">
      <section class="card" aria-labelledby="own-title" data-chosen={server === null}>
        <h2 id="own-title">This app's own server</h2>
        <p>
          {STATUS[state.status]} · {location.host}
          {model && ` · ${model.id}`}
        </p>
        <div class="form-actions">
          {(state.status === "locked" || key !== "") && (
            <button type="button" class="button" onClick={() => dialog.set("key")}>
              {key === "" ? "Enter the key" : "Change the key"}
            </button>
          )}
          {server ? (
            <button
              type="button"
              class="button primary"
              onClick={() => settings.set({ server: null })}
            >
              Use this server
            </button>
          ) : (
            <span class="in-use">In use</span>
          )}
        </div>
      </section>
      <ForeignServerForm />
    </CardsView>
  );
}
