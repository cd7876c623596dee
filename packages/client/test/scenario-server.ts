import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bodies, servers } from "./scenarios.ts";

/** What a server has seen of one scenario. */
export interface Visits {
  count: number;
  /** The bodies of the requests. */
  readonly requests: string[];
  /** Connections that were closed before their answer was sent whole. */
  cut: number;
}

/** A server on loopback that plays the scenarios: `/NAME/v1/…` plays NAME, and `/NAME~ANYTHING/v1/…` does so too. */
export class ScenarioServer {
  readonly #server: Server = createServer(
    (request, response) => void this.#serve(request, response),
  );
  readonly #visits = new Map<string, Visits>();

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The `baseUrl` of a scenario. */
  url(scenario: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${scenario}/v1`;
  }

  /** What has been asked of a scenario. */
  visitsOf(scenario: string): Visits {
    const visits = this.#visits.get(scenario) ?? { count: 0, requests: [], cut: 0 };
    this.#visits.set(scenario, visits);
    return visits;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // For pages: a key and JSON make the browser ask first.
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "*, authorization");
    if (request.method === "OPTIONS") return void response.end();
    const key = decodeURIComponent(request.url?.split("/")[1] ?? "");
    const name = key.split("~")[0] ?? "";
    const visits = this.visitsOf(key);
    const visit = ++visits.count;
    response.on("close", () => {
      if (!response.writableFinished) visits.cut++;
    });
    visits.requests.push(await readAll(request));
    const body = bodies[name];
    if (body) {
      response.writeHead(200, { "content-type": body.type ?? "text/event-stream" });
      response.end(body.body);
      return;
    }
    const scenario = servers[name];
    if (scenario) await scenario.serve(response, visit, request);
    else response.writeHead(404).end();
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
