import type { VNode } from "preact";
import { useApp, useValue } from "../../app/context.ts";

interface Props {
  /** Their ids. */
  readonly chosen: ReadonlySet<string>;
  readonly choose: (chosen: ReadonlySet<string>) => void;
}

/** The conversations that this browser keeps, to choose some of. Of each, the branch that is shown is learned. */
export function ChooseConversations({ chosen, choose }: Props): VNode {
  const { chats } = useApp();
  const list = useValue(chats.list) ?? [];
  if (list.length === 0) return <p class="hint">This browser has no conversations yet.</p>;
  const areAll = chosen.size === list.length;
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  return (
    <fieldset class="choice">
      <legend>
        {chosen.size} of {list.length} chosen{" "}
        <button
          type="button"
          class="link"
          onClick={() => choose(new Set(areAll ? [] : list.map(({ id }) => id)))}
        >
          {areAll ? "None" : "All"}
        </button>
      </legend>
      <div class="conversation-choice">
        {list.map(({ id, title }) => (
          <label key={id}>
            <input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} />
            <span>{title || "Untitled"}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
