import type { ComponentChildren, VNode } from "preact";
import { useEffect } from "preact/hooks";
import { useApp, useConnection, useSettings, useValue } from "../app/context.ts";
import { addressOf } from "../app/route.ts";
import { answeringModel } from "../connection/connection.ts";
import { IconButton } from "./icon-button.tsx";

/** The head of every view: where one is, and which model answers. */
export function ViewHead(props: { title: string; children?: ComponentChildren }): VNode {
  const { title, children } = props;
  const { drawer, inspector } = useApp();
  const open = useValue(inspector);
  const isOpen = open === "parameters";
  useEffect(() => {
    document.title = `${title} · Llama 2`;
  }, [title]);
  return (
    <header class="view-head">
      <IconButton
        icon="menu"
        class="menu-button"
        label="Menu and conversations"
        onClick={() => drawer.set(true)}
      />
      <h1>{title}</h1>
      {children}
      <ModelChip />
      <IconButton
        icon="sliders"
        label="Parameters"
        pressed={isOpen}
        onClick={() => inspector.set(isOpen ? undefined : "parameters")}
      />
    </header>
  );
}

const STATUS = {
  connecting: "connecting",
  online: "",
  offline: "not connected",
  locked: "key needed",
};

/** Which model answers, and whether it can. */
function ModelChip(): VNode {
  const { server } = useSettings();
  const state = useConnection();
  const model = answeringModel(state);
  const isLoading = state.app?.model.status === "loading";
  const view = server ? "connect" : "model";
  const name = server ? server.model || new URL(server.baseUrl).host : (model?.id ?? "no model");
  const note = server
    ? "other server"
    : STATUS[state.status] || (isLoading ? "loading another" : "");
  const kind = server || state.status === "online" ? "good" : "bad";
  return (
    <a class={`model-chip ${kind}`} href={addressOf({ view })} title="The model that answers">
      <span class="dot" aria-hidden="true" />
      <span class="model-name">{name}</span>
      {note && <span class="model-note">{note}</span>}
    </a>
  );
}
