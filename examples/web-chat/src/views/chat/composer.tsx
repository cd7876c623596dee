import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useApp, useSettings } from "../../app/context.ts";
import type { ChatController } from "../../chat/chat-controller.ts";
import { Icon } from "../../components/icon.tsx";
import { TextField } from "../../components/text-field.tsx";
import { presetOf } from "../../parameters/presets.ts";
import { ContextGauge } from "./context-gauge.tsx";
import type { ContextCount } from "./use-context-count.ts";

/** The field in which one writes, and how much room there is. */
export function Composer(props: {
  controller: ChatController;
  isRunning: boolean;
  draft: string;
  setDraft: (text: string) => void;
  onSend: (text: string) => void;
  onEditLast: () => void;
  count: ContextCount | undefined;
}): VNode {
  const { controller, isRunning, draft, setDraft, onSend, onEditLast, count } = props;
  const { inspector } = useApp();
  const { parameters } = useSettings();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // On a phone the keyboard would cover what one came to read.
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, []);
  const send = (): void => {
    if (draft.trim() !== "" && !isRunning) onSend(draft);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send();
    else if (event.key === "ArrowUp" && draft === "" && !isRunning) onEditLast();
    else return;
    event.preventDefault();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-field">
        <TextField
          label="Message"
          fieldRef={field}
          value={draft}
          placeholder="Ask something"
          onInput={setDraft}
          onKeyDown={onKeyDown}
        />
        {isRunning ? (
          <button
            type="button"
            class="round"
            aria-label="Stop"
            title="Stop (Esc)"
            onClick={() => controller.stop()}
          >
            <Icon name="stop" />
          </button>
        ) : (
          <button
            type="submit"
            class="round"
            aria-label="Send"
            title="Send (Enter)"
            disabled={draft.trim() === ""}
          >
            <Icon name="send" />
          </button>
        )}
      </div>
      <div class="composer-foot">
        <button
          type="button"
          class="chip-button"
          title="How answers are generated"
          onClick={() => inspector.set("parameters")}
        >
          <Icon name="sliders" />
          {presetOf(parameters)}
        </button>
        <ContextGauge count={count} />
      </div>
    </form>
  );
}
