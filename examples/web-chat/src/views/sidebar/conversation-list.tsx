import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useApp, useValue } from "../../app/context.ts";
import { Icon } from "../../components/icon.tsx";
import type { Found } from "../../store/conversation-store.ts";
import { ConversationItem } from "./conversation-item.tsx";
import { groupByDay } from "./group-by-day.ts";

/** How long to wait for the next key, in milliseconds. */
const PAUSE = 150;

/** The conversations, or those in which something is found. */
export function ConversationList({ shown }: { shown: string | undefined }): VNode {
  const { chats } = useApp();
  const list = useValue(chats.list);
  const [wanted, setWanted] = useState("");
  const found = useSearch(wanted);
  return (
    <div class="conversations">
      <div class="search">
        <Icon name="search" />
        <input
          id="search"
          type="search"
          aria-label="Search the conversations"
          placeholder="Search"
          value={wanted}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      </div>
      <div class="conversation-scroller">
        {found && <Results found={found} shown={shown} />}
        {!found &&
          groupByDay(list ?? [], Date.now()).map(({ label, conversations }) => (
            <section key={label}>
              <h2>{label}</h2>
              <ul>
                {conversations.map((conversation) => (
                  <ConversationItem
                    key={conversation.id}
                    conversation={conversation}
                    isShown={conversation.id === shown}
                  />
                ))}
              </ul>
            </section>
          ))}
        {!found && list?.length === 0 && (
          <p class="hint">Your conversations will be here. They are kept in this browser alone.</p>
        )}
      </div>
    </div>
  );
}

function Results({ found, shown }: { found: readonly Found[]; shown: string | undefined }): VNode {
  if (found.length === 0) return <p class="hint">Nothing is found.</p>;
  return (
    <ul aria-label="Results">
      {found.map(({ conversation, excerpt }) => (
        <ConversationItem
          key={conversation.id}
          conversation={conversation}
          isShown={conversation.id === shown}
          excerpt={excerpt}
        />
      ))}
    </ul>
  );
}

/** What a search finds; undefined where nothing is searched for. */
function useSearch(wanted: string): readonly Found[] | undefined {
  const { store } = useApp();
  const [found, setFound] = useState<readonly Found[] | undefined>(undefined);
  useEffect(() => {
    if (wanted.trim() === "") return setFound(undefined);
    let isStale = false;
    const timer = setTimeout(async () => {
      const results = await store.search(wanted);
      if (!isStale) setFound(results);
    }, PAUSE);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [wanted]);
  return found;
}
