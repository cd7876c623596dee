import { render } from "preact";
import { createApp } from "./app/app.ts";
import { AppContext } from "./app/context.ts";
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
