import type { VNode } from "preact";
import { useApp } from "../../app/context.ts";
import type { ChatController } from "../../chat/chat-controller.ts";
import type { Message } from "../../chat/conversation.ts";
import { Markdown } from "../../components/markdown.tsx";
import { memo } from "../../components/memo.tsx";
import { AnswerFacts } from "./answer-facts.tsx";
import { MessageActions } from "./message-actions.tsx";
import { MessageEditor } from "./message-editor.tsx";
import { Waiting } from "./waiting.tsx";

/** What a {@link MessageRow} shows. Of simple values, so that a row is drawn anew only when it changes. */
export interface MessageRowProps {
  readonly message: Message;
  readonly controller: ChatController;
  /** The ids of its branches, with spaces between; empty where there is just one. */
  readonly branch: string;
  readonly isRunning: boolean;
  readonly isLast: boolean;
  readonly isDropped: boolean;
  readonly isEditing: boolean;
  readonly setEditing: (id: string | undefined) => void;
}

/** One message, with what can be done with it. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps): VNode {
  const { message, controller, isRunning, isEditing, isDropped, setEditing } = props;
  const isAnswer = message.role === "assistant";
  const className = `message ${message.role} ${isDropped ? "dropped" : ""}`.trimEnd();
  return (
    <li class={className} data-last={props.isLast} data-running={isRunning}>
      <h3 class="visually-hidden">{isAnswer ? "Answer" : "You"}</h3>
      {isEditing ? (
        <MessageEditor
          message={message}
          onCancel={() => setEditing(undefined)}
          onDone={(text) => {
            setEditing(undefined);
            void controller.edit(message.id, text);
          }}
        />
      ) : (
        <div class="bubble">
          {isAnswer ? (
            <Markdown text={message.content} live={isRunning ? controller.live : undefined} />
          ) : (
            <p class="question">{message.content}</p>
          )}
          {isRunning && <Waiting live={controller.live} />}
        </div>
      )}
      {!isRunning && !isEditing && <Foot {...props} />}
    </li>
  );
});

function Foot(props: MessageRowProps): VNode {
  const { message, controller } = props;
  const { inspector } = useApp();
  return (
    <div class="message-foot">
      {message.answer && (
        <AnswerFacts
          facts={message.answer}
          onContinue={() => void controller.continueAnswer(message.id)}
        />
      )}
      <MessageActions
        {...props}
        onEdit={() => props.setEditing(message.id)}
        onInspect={() => inspector.set({ message: message.id })}
      />
    </div>
  );
}
