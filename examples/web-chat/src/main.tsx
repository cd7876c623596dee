import { render } from "preact";
import { createApp } from "./app/app.ts";
import { AppContext } from "./app/context.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/chat.css";
import "./styles/panels.css";
import { AppShell } from "./views/app-shell.tsx";

const app = createApp();
document.documentElement.dataset["theme"] = app.settings.get().theme;

const root = document.getElementById("app");
if (root) {
  render(
    <AppContext.Provider value={app}>
      <AppShell />
    </AppContext.Provider>,
    root,
  );
}
