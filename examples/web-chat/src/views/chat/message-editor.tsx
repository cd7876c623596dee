import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Message } from "../../chat/conversation.ts";
import { TextField } from "../../components/text-field.tsx";

/** A field in which a message is written anew. */
export function MessageEditor(props: {
  message: Message;
  onDone: (text: string) => void;
  onCancel: () => void;
}): VNode {
  const { message, onDone, onCancel } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const isAnswer = message.role === "assistant";
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(message.content.length, message.content.length);
  }, []);
  const submit = (): void => {
    const text = field.current?.value ?? "";
    if (text.trim() !== "") onDone(text);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onCancel();
    else if (
      event.key === "Enter" &&
      (isAnswer ? event.ctrlKey || event.metaKey : !event.shiftKey)
    ) {
      if (event.isComposing) return;
      submit();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <form
      class="editor"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        fieldRef={field}
        label={isAnswer ? "The answer" : "Your message"}
        defaultValue={message.content}
        onKeyDown={onKeyDown}
      />
      <div class="editor-actions">
        <span class="hint">The old version stays, as a branch.</span>
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          {isAnswer ? "Keep" : "Send"}
        </button>
      </div>
    </form>
  );
}
