import type { VNode } from "preact";
import { useApp, useSettings } from "../../app/context.ts";
import { addressOf } from "../../app/route.ts";
import type { ChatController } from "../../chat/chat-controller.ts";
import type { Problem, WayOn } from "../../chat/problem.ts";
import { Icon } from "../../components/icon.tsx";

/** What went wrong, where it happened, with what can be done about it. */
export function ProblemCard(props: {
  controller: ChatController;
  problem: Problem;
  onShorten: () => void;
}): VNode {
  const { controller, problem, onShorten } = props;
  const { connection, dialog, inspector } = useApp();
  const isForeign = useSettings().server !== null;
  const last = controller.getState().path.at(-1);
  const ways: Readonly<Record<WayOn, { label: string; go: () => void }>> = {
    retry: {
      label: last?.role === "assistant" ? "Continue the answer" : "Try again",
      go: () => void controller.retry(),
    },
    shorten: { label: "Shorten the message", go: onShorten },
    reconnect: {
      label: isForeign ? "Check the connection" : "Reconnect",
      go: () => {
        if (isForeign) location.hash = addressOf({ view: "connect" });
        else connection.reconnect();
      },
    },
    key: {
      label: "Enter the key",
      go: () => {
        if (isForeign) location.hash = addressOf({ view: "connect" });
        else dialog.set("key");
      },
    },
    parameters: { label: "Look at the parameters", go: () => inspector.set("parameters") },
  };
  return (
    <section class="problem" aria-label="Problem">
      <Icon name="warning" />
      <div>
        <h3>{problem.title}</h3>
        <p>{problem.detail}</p>
        <div class="problem-ways">
          {problem.ways.map((way, index) => (
            <button
              type="button"
              key={way}
              class={index === 0 ? "button primary" : "button"}
              onClick={ways[way].go}
            >
              {ways[way].label}
            </button>
          ))}
        </div>
      </div>
    </section>
  );
}
