import type { VNode } from "preact";
import { useApp } from "../../app/context.ts";
import type { ChatController } from "../../chat/chat-controller.ts";
import type { Message } from "../../chat/conversation.ts";
import { subtreeOf } from "../../chat/tree.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { IconButton } from "../../components/icon-button.tsx";

/** What can be done with a message. */
export function MessageActions(props: {
  message: Message;
  controller: ChatController;
  branch: string;
  isLast: boolean;
  onEdit: () => void;
  onInspect: () => void;
}): VNode {
  const { message, controller, branch, isLast } = props;
  const { toasts } = useApp();
  const isAnswer = message.role === "assistant";
  const remove = (): void => {
    const { tree, conversation } = controller.getState();
    const removed = subtreeOf(tree, message.id).flatMap((id) => tree.get(id) ?? []);
    controller.remove(message.id);
    const label = removed.length === 1 ? "Message deleted." : `${removed.length} messages deleted.`;
    const undo = (): void => controller.restore(removed, conversation.leaf);
    toasts.show(label, { label: "Undo", run: undo });
  };
  return (
    <div class="actions">
      {branch !== "" && <Branches {...props} branches={branch.split(" ")} />}
      <CopyButton label="Copy" read={() => message.content} />
      {isAnswer && (
        <IconButton
          icon="again"
          label="Answer again"
          class="when-idle"
          onClick={() => void controller.regenerate(message.id)}
        />
      )}
      {isAnswer && isLast && (
        <IconButton
          icon="forward"
          label="Continue the answer"
          class="when-idle"
          onClick={() => void controller.continueAnswer(message.id)}
        />
      )}
      <IconButton
        icon="edit"
        label={isAnswer ? "Edit the answer" : "Edit and send again"}
        class="when-idle"
        onClick={props.onEdit}
      />
      {isAnswer && (
        <IconButton
          icon="inspect"
          label="Show the prompt and the tokens"
          onClick={props.onInspect}
        />
      )}
      <IconButton icon="delete" label="Delete from here" class="when-idle" onClick={remove} />
    </div>
  );
}

function Branches(props: {
  message: Message;
  controller: ChatController;
  branches: readonly string[];
}): VNode {
  const { message, controller, branches } = props;
  const at = branches.indexOf(message.id);
  const go = (index: number): void => {
    const id = branches[index];
    if (id !== undefined) controller.select(id);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div class="branches when-idle" role="group" aria-label="Versions">
      <IconButton
        icon="left"
        label="Version before"
        disabled={at === 0}
        onClick={() => go(at - 1)}
      />
      <span>
        {at + 1} / {branches.length}
      </span>
      <IconButton
        icon="right"
        label="Next version"
        disabled={at === branches.length - 1}
        onClick={() => go(at + 1)}
      />
    </div>
  );
}
