import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { useApp, useSettings, useSnapshot } from "../../app/context.ts";
import { addressOf } from "../../app/route.ts";
import { ViewHead } from "../../components/view-head.tsx";
import { Adapters } from "./adapters.tsx";
import { Benchmark } from "./benchmark.tsx";
import { LoadModel } from "./load-model.tsx";
import { ModelFacts } from "./model-facts.tsx";

/** What is loaded, what else could be, and how fast it is here. */
export function ModelView(): VNode {
  const { connection } = useApp();
  const { server } = useSettings();
  const state = useSnapshot(connection, () => connection.getState());
  const model = state.app?.model;
  const answering = model?.answering;
  useEffect(() => {
    document.title = "Model · Llama 2";
  }, []);
  return (
    <div class="view">
      <ViewHead title="Model" />
      <div class="scroller">
        <div class="column cards">
          {server && (
            <p class="note">
              Another server answers now.{" "}
              <a href={addressOf({ view: "connect" })}>Go back to this one</a> to use the model
              below.
            </p>
          )}
          {!model && <p class="hint">{waitingFor(state.status)}</p>}
          {model && !answering && model.status !== "loading" && (
            <p class="note">No model is loaded.</p>
          )}
          {answering && <ModelFacts model={answering} />}
          {model && <LoadModel model={model} />}
          {answering && <Adapters key={answering.id} model={answering} />}
          {answering && (
            <Benchmark key={`${answering.source} ${answering.contextSize}`} model={answering} />
          )}
        </div>
      </div>
    </div>
  );
}

function waitingFor(status: string): string {
  return status === "locked"
    ? "The server asks for a key."
    : "Asking the server what it has loaded…";
}
