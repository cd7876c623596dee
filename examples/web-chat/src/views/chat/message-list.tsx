import { Fragment, type VNode } from "preact";
import type { ChatController, ChatState } from "../../chat/chat-controller.ts";
import { branchesOf } from "../../chat/tree.ts";
import { MessageRow } from "./message-row.tsx";

/** The messages of the branch that is shown. */
export function MessageList(props: {
  controller: ChatController;
  state: ChatState;
  /** How many of the first ones the model will not be sent. */
  dropped: number;
  editing: string | undefined;
  setEditing: (id: string | undefined) => void;
}): VNode {
  const { controller, state, dropped, editing, setEditing } = props;
  const { path, tree, running } = state;
  const branches = branchesOf(tree);
  return (
    <ol class="messages" aria-label="Messages" data-busy={running !== undefined}>
      {path.map((message, index) => {
        const branch = branches.get(message.parent) ?? [];
        return (
          <Fragment key={message.id}>
            {index === dropped && dropped > 0 && (
              <li class="dropped-note">
                The messages above no longer fit into the context. The model will not see them.
              </li>
            )}
            <MessageRow
              message={message}
              controller={controller}
              branch={branch.length > 1 ? branch.join(" ") : ""}
              isRunning={message.id === running}
              isLast={index === path.length - 1}
              isDropped={index < dropped}
              isEditing={message.id === editing}
              setEditing={setEditing}
            />
          </Fragment>
        );
      })}
    </ol>
  );
}
