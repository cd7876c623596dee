import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server does otherwise than well. */
export interface HubOptions {
  /** Repositories that exist. */
  readonly repos?: readonly string[];
  /** Files larger than this go to the large-file storage, as on the hub, where it depends on their names too. */
  readonly inlineBytes?: number;
  /** Large files are sent in parts of so many bytes. */
  readonly partBytes?: number;
  /** Answers in the place of a route: by method and path. */
  readonly fail?: Readonly<Record<string, { readonly status: number; readonly body: unknown }>>;
  /** Called when a part or a large file has come. */
  readonly onUpload?: () => void;
}

/** A commit that was made. */
export interface HubCommit {
  readonly repo: string;
  readonly branch: string;
  readonly title: string;
  /** The content of each file. */
  readonly files: ReadonlyMap<string, Buffer>;
}

const TOKEN = "Bearer hf_test";

/**
 * A server that speaks as much of the hub's API as an upload needs: looking for a repository, creating it and a branch,
 * asking how each file is to be sent, the batch of Git LFS, its uploads in one or several parts, and the commit.
 *
 * Source: https://huggingface.co/docs/hub/api and https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
 */
export class HubServer {
  readonly commits: HubCommit[] = [];
  readonly created: { readonly name: string; readonly visibility?: string }[] = [];
  readonly branches: string[] = [];
  /** Method and path of every request. */
  readonly requests: string[] = [];
  readonly #stored = new Map<string, Buffer>();
  readonly #repos: Set<string>;
  readonly #options: HubOptions;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });

  constructor(options: HubOptions = {}) {
    this.#options = options;
    this.#repos = new Set(options.repos ?? []);
  }

  /** Where it is, once it listens. */
  url = "";

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${decodeURIComponent(request.url ?? "")}`;
    this.requests.push(route);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const json = (status: number, content: unknown, headers = {}) =>
      response
        .writeHead(status, { "Content-Type": "application/json", ...headers })
        .end(JSON.stringify(content));
    const failure = this.#options.fail?.[route];
    if (failure) {
      json(failure.status, failure.body);
      return;
    }
    if (route.includes("/storage/")) this.#store(route, body, json);
    else if (request.headers.authorization === TOKEN) this.#answerApi(route, body, json);
    else json(401, { error: "Invalid username or password." });
  }

  #answerApi(route: string, body: Buffer, json: Answer): ServerResponse {
    const [, repo = "", action = "", branch = ""] =
      /\/(?:api\/models\/)?([\w-]+\/[\w-]+?)(?:\.git)?(?:\/(\w+)(?:\/([^?]*))?)?$/.exec(route) ??
      [];
    if (route === "POST /api/repos/create") return this.#create(JSON.parse(String(body)), json);
    if (!this.#repos.has(repo)) return json(404, { error: "Repository not found" });
    if (action === "") return json(200, { id: repo });
    if (action === "branch") {
      if (this.branches.includes(branch)) return json(409, { error: "Reference already exists" });
      this.branches.push(branch);
      return json(200, {});
    }
    if (action === "preupload") return this.#planUploads(JSON.parse(String(body)), json);
    if (action === "info") return this.#planStorage(JSON.parse(String(body)), json);
    if (action === "commit") return this.#commit(repo, branch, String(body), json);
    return json(404, { error: "No such route" });
  }

  #create(
    wish: { organization: string; name: string; visibility?: string },
    json: Answer,
  ): ServerResponse {
    const name = `${wish.organization}/${wish.name}`;
    if (this.#repos.has(name)) return json(409, { error: "You already created this model repo" });
    this.#repos.add(name);
    this.created.push({ name, ...(wish.visibility && { visibility: wish.visibility }) });
    return json(200, { url: `${this.url}/${name}`, id: name });
  }

  #planUploads(
    { files }: { files: { path: string; size: number }[] },
    json: Answer,
  ): ServerResponse {
    const { inlineBytes = 100 } = this.#options;
    return json(200, {
      files: files.map(({ path, size }) => ({
        path,
        uploadMode: size > inlineBytes ? "lfs" : "regular",
        shouldIgnore: false,
      })),
    });
  }

  #planStorage(
    { objects }: { objects: { oid: string; size: number }[] },
    json: Answer,
  ): ServerResponse {
    const { partBytes } = this.#options;
    const plan = ({ oid, size }: { oid: string; size: number }) => {
      const href = `${this.url}/storage/${oid}`;
      if (this.#stored.has(oid)) return { oid, size };
      if (partBytes === undefined) return { oid, size, actions: { upload: { href } } };
      const count = Math.ceil(size / partBytes);
      const parts = Array.from({ length: count }, (_, i) => [
        String(i + 1).padStart(5, "0"),
        `${href}/${i + 1}`,
      ]);
      const header = { chunk_size: String(partBytes), ...Object.fromEntries(parts) };
      return { oid, size, actions: { upload: { href, header } } };
    };
    return json(200, {
      transfer: partBytes === undefined ? "basic" : "multipart",
      objects: objects.map(plan),
    });
  }

  #store(route: string, body: Buffer, json: Answer): ServerResponse {
    const [, method, oid = "", part] = /^(\w+) \/storage\/(\w+)(?:\/(\d+))?/.exec(route) ?? [];
    if (method === "PUT") {
      this.#stored.set(part === undefined ? oid : `${oid}/${part}`, body);
      this.#options.onUpload?.();
      return json(200, {}, { ETag: `"${part ?? 1}"` });
    }
    const { parts } = JSON.parse(String(body)) as { parts: { partNumber: number }[] };
    const pieces = parts.map(({ partNumber }) => this.#stored.get(`${oid}/${partNumber}`));
    this.#stored.set(oid, Buffer.concat(pieces.filter((piece) => piece !== undefined)));
    return json(200, {});
  }

  #commit(repo: string, branch: string, body: string, json: Answer): ServerResponse {
    const lines = body.split("\n").map((line) => JSON.parse(line));
    const files = new Map<string, Buffer>();
    let title = "";
    for (const { key, value } of lines) {
      if (key === "header") title = value.summary;
      else if (key === "file") files.set(value.path, Buffer.from(value.content, value.encoding));
      else files.set(value.path, this.#fetchStored(value.oid));
    }
    this.commits.push({ repo, branch, title, files });
    return json(200, {
      commitOid: "abc123",
      commitUrl: `${this.url}/${repo}/commit/abc123`,
      success: true,
    });
  }

  #fetchStored(oid: string): Buffer {
    const content = this.#stored.get(oid);
    if (content && createHash("sha256").update(content).digest("hex") === oid) return content;
    throw new Error(`Nothing stored has the hash ${oid}`);
  }
}

type Answer = (status: number, content: unknown, headers?: object) => ServerResponse;
