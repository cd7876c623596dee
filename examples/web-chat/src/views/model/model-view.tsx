import type { VNode } from "preact";
import { useConnection, useSettings } from "../../app/context.ts";
import { addressOf } from "../../app/route.ts";
import { CardsView } from "../../components/cards-view.tsx";
import { Adapters } from "./adapters.tsx";
import { Benchmark } from "./benchmark.tsx";
import { LoadModel } from "./load-model.tsx";
import { ModelFacts } from "./model-facts.tsx";

/** What is loaded, what else could be, and how fast it is here. */
export function ModelView(): VNode {
  const { server } = useSettings();
  const state = useConnection();
  const model = state.app?.model;
  const answering = model?.answering;
  return (
    <CardsView title="Model">
      {server && (
        <p class="note">
          Another server answers now.{" "}
          <a href={addressOf({ view: "connect" })}>Go back to this one</a> to use the model below.
        </p>
      )}
      {!model && <p class="hint">{waitingFor(state.status)}</p>}
      {model && !answering && model.status !== "loading" && <p class="note">No model is loaded.</p>}
      {answering && <ModelFacts model={answering} />}
      {model && <LoadModel model={model} />}
      {answering && <Adapters key={answering.id} model={answering} />}
      {answering && (
        <Benchmark key={`${answering.source} ${answering.contextSize}`} model={answering} />
      )}
    </CardsView>
  );
}

function waitingFor(status: string): string {
  return status === "locked"
    ? "The server asks for a key."
    : "Asking the server what it has loaded…";
}
