/** What another server said when it was asked what it has. */
export type ServerTest =
  | { readonly ok: true; readonly models: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** How long a server may take, in milliseconds. */
const TIME_LIMIT = 10_000;

/** The address as OpenAI's clients take it: without a path, `/v1` is added. */
export function normalizeBaseUrl(text: string): string {
  const url = new URL(/^https?:\/\//i.test(text) ? text : `http://${text}`);
  if (url.pathname === "/") url.pathname = "/v1";
  return url.href.replace(/\/+$/, "");
}

/** Asks another server for its models. It never throws: what is wrong is for people to read. */
export async function testServer(baseUrl: string, key: string): Promise<ServerTest> {
  const headers = new Headers();
  if (key !== "") headers.set("authorization", `Bearer ${key}`);
  const signal = AbortSignal.timeout(TIME_LIMIT);
  let response: Response;
  try {
    response = await fetch(`${baseUrl}/models`, { headers, signal });
  } catch {
    return { ok: false, message: (await isThere(baseUrl, signal)) ? notAllowed() : UNREACHABLE };
  }
  if (response.status === 401 || response.status === 403) {
    return { ok: false, message: "It is there, but refuses this key." };
  }
  if (!response.ok) {
    const message = `It answered with status ${response.status}. Is that its whole address?`;
    return { ok: false, message };
  }
  try {
    const { data } = (await response.json()) as { data: readonly { id: unknown }[] };
    return { ok: true, models: data.map(({ id }) => String(id)) };
  } catch {
    return { ok: false, message: "It answered, but not as a server of OpenAI's protocol does." };
  }
}

/** Whether anything answers there. A page may know that much of a server that does not allow it more. */
function isThere(url: string, signal: AbortSignal): Promise<boolean> {
  return fetch(url, { mode: "no-cors", signal }).then(
    () => true,
    () => false,
  );
}

function notAllowed(): string {
  return `It is there, but does not allow this page to ask it (CORS). Have it allow ${location.origin}: vLLM by --allowed-origins, Ollama by OLLAMA_ORIGINS.`;
}

const UNREACHABLE = "It cannot be reached. Check the address, and whether it is running.";
