import { AppServer } from "../connection/app-server.ts";
import { Connection } from "../connection/connection.ts";
import { takeKeyFromAddress } from "../connection/key-from-address.ts";
import { ServerSource } from "../connection/server-source.ts";
import { ConversationStore } from "../store/conversation-store.ts";
import { SettingsStore } from "../store/settings.ts";
import { UnfinishedAnswers } from "../store/unfinished.ts";
import { Chats } from "./chats.ts";
import { addressOf, followAddress, type Route } from "./route.ts";
import { Toasts } from "./toasts.ts";
import { Value } from "./value.ts";

/** What stands beside a view: the parameters, or how an answer came about. */
type Inspector = "parameters" | { readonly message: string } | undefined;

/** Everything that the page is made of, apart from what is drawn. */
export interface App {
  readonly settings: SettingsStore;
  readonly server: AppServer;
  readonly connection: Connection;
  readonly source: ServerSource;
  readonly store: ConversationStore;
  readonly chats: Chats;
  readonly toasts: Toasts;
  readonly route: Value<Route>;
  readonly inspector: Value<Inspector>;
  /** Whether the list of conversations is open where there is no room for it beside the view. */
  readonly drawer: Value<boolean>;
  readonly dialog: Value<"help" | "key" | undefined>;
  /** What a screen reader says. */
  readonly status: Value<string>;
}

/** Makes the app, and has it follow its server. */
export function createApp(): App {
  const settings = new SettingsStore();
  const key = takeKeyFromAddress();
  if (key !== undefined) settings.set({ key });
  const server = new AppServer(() => settings.get().key);
  const connection = new Connection(server);
  const source = new ServerSource(() => settings.get(), server, connection);
  const store = new ConversationStore();
  const unfinished = new UnfinishedAnswers();
  const toasts = new Toasts();
  const route = followAddress();
  const status = new Value("");
  const ready = mend(store, unfinished).catch((error: unknown) =>
    toasts.show(`This browser keeps no conversations. ${error}`),
  );
  const chats = new Chats(store, {
    ready,
    isLeaving: () => unfinished.isLeaving,
    source,
    saveUnfinished: (message, text) => unfinished.save(message, text),
    announce: (text) => status.set(text),
    onSaveError: (error) => toasts.show(`This browser could not keep that. ${error}`),
    onBegin: (conversation) => {
      const { view, conversation: shown } = { conversation: undefined, ...route.get() };
      if (view === "chat" && shown === undefined) replaceAddress(route, { view, conversation });
    },
  });
  void ready.then(() => chats.refresh()).catch(() => {});
  setTimeout(() => void mend(store, unfinished), SECOND_LOOK);
  const look = (): void => connection.setShown(document.visibilityState === "visible");
  document.addEventListener("visibilitychange", look);
  look();
  void connection.follow();
  return {
    settings,
    server,
    connection,
    source,
    store,
    chats,
    toasts,
    route,
    status,
    inspector: new Value<Inspector>(undefined),
    drawer: new Value(false),
    dialog: new Value<"help" | "key" | undefined>(undefined),
  };
}

/** A conversation that has just begun gets its own address; the way back does not lead to the empty one. */
function replaceAddress(route: Value<Route>, to: Route): void {
  history.replaceState(null, "", addressOf(to));
  route.set(to);
}

/** How long after the start to look for unfinished answers again: a page that has crashed may not be known to be gone yet. */
const SECOND_LOOK = 5000;

/** Puts what pages that are gone have left unfinished to where it belongs. */
async function mend(store: ConversationStore, unfinished: UnfinishedAnswers): Promise<void> {
  for (const message of unfinished.recover()) await store.mend(message);
}
