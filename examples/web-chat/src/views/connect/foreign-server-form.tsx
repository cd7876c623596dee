import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { useApp, useSettings } from "../../app/context.ts";
import { normalizeBaseUrl, type ServerTest, testServer } from "../../connection/test-server.ts";

/** The address and key of another server, tried before they are used. */
export function ForeignServerForm(): VNode {
  const { settings } = useApp();
  const { server } = useSettings();
  const [address, setAddress] = useState(server?.baseUrl ?? "");
  const [key, setKey] = useState(server?.key ?? "");
  const [model, setModel] = useState(server?.model ?? "");
  const [test, setTest] = useState<ServerTest | "running" | undefined>(undefined);
  const models = typeof test === "object" && test.ok ? test.models : [];

  const run = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    let baseUrl: string;
    try {
      baseUrl = normalizeBaseUrl(address.trim());
    } catch {
      return setTest({ ok: false, message: `“${address}” is no address.` });
    }
    setTest("running");
    setAddress(baseUrl);
    const result = await testServer(baseUrl, key.trim());
    setTest(result);
    if (result.ok && !result.models.includes(model)) setModel(result.models[0] ?? "");
  };
  const changeAddress = (text: string): void => {
    setAddress(text);
    setTest(undefined);
    // A key that was kept for one server is not for another to see.
    if (server && key === server.key && !text.startsWith(server.baseUrl)) setKey("");
  };
  const use = (): void => {
    settings.set({ server: { baseUrl: address, key: key.trim(), model: model.trim() } });
  };
  const isInUse =
    server?.baseUrl === address && server.model === model && server.key === key.trim();
  return (
    <section class="card" aria-labelledby="foreign-title" data-chosen={server !== null}>
      <h2 id="foreign-title">Another server</h2>
      <p class="hint">
        Any that speaks OpenAI's protocol: vLLM, llama-server, Ollama, LM Studio, a hosted one.
        Address and key are kept in this browser alone, and sent to no one else.
      </p>
      <form class="load-form" onSubmit={(event) => void run(event)}>
        <label class="field">
          <span>Base URL</span>
          <input
            type="text"
            inputmode="url"
            required
            spellcheck={false}
            placeholder="http://localhost:8000/v1"
            value={address}
            onInput={({ currentTarget }) => changeAddress(currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Key, if it asks for one</span>
          <input
            type="password"
            autocomplete="off"
            value={key}
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
          />
        </label>
        {models.length > 0 && (
          <label class="field">
            <span>Model</span>
            <select value={model} onChange={({ currentTarget }) => setModel(currentTarget.value)}>
              {models.map((id) => (
                <option key={id}>{id}</option>
              ))}
            </select>
          </label>
        )}
        <TestResult test={test} />
        <div class="form-actions">
          <button type="submit" class="button" disabled={test === "running"}>
            {test === "running" ? "Testing…" : "Test the connection"}
          </button>
          {isInUse ? (
            <span class="in-use">In use</span>
          ) : (
            <button
              type="button"
              class="button primary"
              disabled={typeof test !== "object" || !test.ok}
              onClick={use}
            >
              Use this server
            </button>
          )}
        </div>
      </form>
    </section>
  );
}

function TestResult({ test }: { test: ServerTest | "running" | undefined }): VNode {
  const result = typeof test === "object" ? test : undefined;
  return (
    <div role="status">
      {result?.ok && <p class="note good">Connected. {countModels(result.models.length)}</p>}
      {result && !result.ok && <p class="note bad">{result.message}</p>}
    </div>
  );
}

function countModels(count: number): string {
  return count === 1 ? "It has one model." : `It has ${count} models.`;
}
