import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChatController } from "../../chat/chat-controller.ts";
import { SYSTEM_TEMPLATES } from "../../chat/system-templates.ts";
import { TextField } from "../../components/text-field.tsx";

/** How long to wait for the next key before a system prompt is kept, in milliseconds. */
const PAUSE = 400;

/** The system prompt of a conversation: one line, which opens into a field and templates to choose from. */
export function SystemPrompt(props: { controller: ChatController; system: string }): VNode {
  const { controller, system } = props;
  const [draft, setDraft] = useState(system);
  const saved = useRef(system);
  useEffect(() => {
    // Another tab has changed it.
    if (system !== saved.current) setDraft(system);
    saved.current = system;
  }, [system]);
  const keep = (text: string): void => {
    if (text === saved.current) return;
    saved.current = text;
    controller.setSystem(text);
  };
  useEffect(() => {
    const timer = setTimeout(() => keep(draft), PAUSE);
    return () => clearTimeout(timer);
  }, [draft]);
  const choose = (text: string): void => {
    setDraft(text);
    keep(text);
  };
  return (
    <details class="system">
      <summary>
        <span class="system-name">System prompt</span>
        <span class="system-preview">{draft.trim() === "" ? "none" : draft}</span>
      </summary>
      <div class="system-body">
        <Templates draft={draft} onChoose={choose} />
        <div onFocusOut={() => keep(draft)}>
          <TextField
            label="System prompt"
            value={draft}
            placeholder="Who the model is, and how it answers"
            onInput={setDraft}
          />
        </div>
      </div>
    </details>
  );
}

function Templates({
  draft,
  onChoose,
}: {
  draft: string;
  onChoose: (text: string) => void;
}): VNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div class="templates" role="group" aria-label="Templates">
      {SYSTEM_TEMPLATES.map(({ name, text }) => (
        <button
          type="button"
          class="pill"
          key={name}
          aria-pressed={text === draft}
          onClick={() => onChoose(text)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
