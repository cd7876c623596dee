import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PushOptions, PushProgress } from "../../src/hub/push-options.ts";
import { pushToHub } from "../../src/hub/push-to-hub.ts";
import { type HubOptions, HubServer } from "./hub-server.ts";

const TOKEN = "hf_test";
const LARGE = Buffer.alloc(300_000, "weights");
const REPO = "zoe/mine";

let folder: string;
let server: HubServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  await writeFile(join(folder, "config.json"), "{}");
  await writeFile(join(folder, "model.safetensors"), LARGE);
  await mkdir(join(folder, "deep", "er"), { recursive: true });
  await writeFile(join(folder, "deep", "er", "notes.txt"), "small");
  await writeFile(join(folder, ".env"), "secret");
  await mkdir(join(folder, ".git"));
  await writeFile(join(folder, ".git", "config"), "secret");
  await symlink("/etc/passwd", join(folder, "link"));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function start(options: HubOptions = {}): Promise<HubServer> {
  server = new HubServer(options);
  await server.listen();
  return server;
}

function push(hub: HubServer, options: Partial<PushOptions> = {}) {
  return pushToHub({ folder, repo: REPO, token: TOKEN, endpoint: `${hub.url}/`, ...options });
}

describe("a folder is uploaded in one commit", () => {
  test("into a new repository", async () => {
    const hub = await start();
    const result = await push(hub, { private: true, message: "Add mine" });
    expect(result).toEqual({ commit: "abc123", url: `${hub.url}/${REPO}/commit/abc123` });
    expect(hub.created).toEqual([{ name: REPO, visibility: "private" }]);
    const [commit] = hub.commits;
    expect(commit).toMatchObject({ repo: REPO, branch: "main", title: "Add mine" });
    expect([...(commit?.files.keys() ?? [])].sort()).toEqual([
      "config.json",
      "deep/er/notes.txt",
      "model.safetensors",
    ]);
    expect(commit?.files.get("model.safetensors")?.equals(LARGE)).toBe(true);
    expect(String(commit?.files.get("deep/er/notes.txt"))).toBe("small");
  });

  test("into one that there is, with a token for no more than that", async () => {
    const forbidden = { status: 403, body: { error: "You have no right to create" } };
    const fail = { "POST /api/repos/create": forbidden };
    const hub = await start({ repos: [REPO], fail });
    await push(hub);
    expect(hub.created).toEqual([]);
    expect(hub.commits).toHaveLength(1);
  });

  test("on a branch, new or not", async () => {
    const hub = await start({ repos: [REPO] });
    await push(hub, { branch: "v2" });
    await push(hub, { branch: "v2" });
    expect(hub.branches).toEqual(["v2"]);
    expect(hub.commits.map(({ branch }) => branch)).toEqual(["v2", "v2"]);
    // What is stored already is not sent again.
    expect(hub.requests.filter((route) => route.startsWith("PUT"))).toHaveLength(1);
  });

  test("large files in parts", async () => {
    const hub = await start({ partBytes: 70_000 });
    await push(hub);
    expect(hub.requests.filter((route) => route.startsWith("PUT"))).toHaveLength(5);
    expect(hub.commits[0]?.files.get("model.safetensors")?.equals(LARGE)).toBe(true);
  });

  test("telling its progress", async () => {
    const hub = await start();
    const told: PushProgress[] = [];
    await push(hub, { onProgress: (progress) => told.push(progress) });
    const last = told.filter(({ path }) => path === "model.safetensors").at(-1);
    expect(last).toMatchObject({ phase: "uploading", total: LARGE.length + 7 });
    expect(last?.done).toBeGreaterThanOrEqual(LARGE.length);
    const done = told.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });
});

test("single files are uploaded under their names", async () => {
  const hub = await start();
  const files = [join(folder, "model.safetensors"), join(folder, "deep", "er", "notes.txt")];
  await push(hub, { folder: undefined, files });
  expect([...(hub.commits[0]?.files.keys() ?? [])]).toEqual(["model.safetensors", "notes.txt"]);
});

describe("what fails is told without the token", () => {
  test.each<[string, number, unknown]>([
    ["GET /api/models/zoe/mine", 500, { error: "broken" }],
    ["POST /api/repos/create", 403, { error: `token ${TOKEN} may not` }],
    ["POST /api/models/zoe/mine/preupload/main", 429, { error: "too many" }],
    ["POST /zoe/mine.git/info/lfs/objects/batch", 413, { message: `no room for ${TOKEN}` }],
    ["POST /api/models/zoe/mine/commit/main", 400, { error: "bad commit" }],
  ])("%s %i", async (route, status, body) => {
    const hub = await start({ fail: { [route]: { status, body } } });
    const error = await push(hub).catch((reason) => reason);
    expect(error).toMatchObject({ name: "WeightsError", code: "HUB_FAILED" });
    const said = Object.values(body as object)[0].replace(TOKEN, "[token]");
    expect(error.message).toContain(said);
    expect(error.message).toContain(REPO);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(TOKEN);
    expect(hub.commits).toEqual([]);
  });

  test("a wrong token", async () => {
    const hub = await start();
    await expect(push(hub, { token: "hf_wrong" })).rejects.toMatchObject({
      code: "HUB_FAILED",
      message: expect.stringMatching(/Invalid username.*may write/s),
    });
  });

  test("nobody there", async () => {
    const hub = await start();
    await hub.close();
    server = undefined;
    await expect(push(hub)).rejects.toMatchObject({
      code: "HUB_FAILED",
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });
});

describe("an upload can be cut off", () => {
  test("before it begins, and while large files are sent", async () => {
    const reason = new Error("enough");
    const abort = new AbortController();
    const hub = await start({ partBytes: 1000, onUpload: () => abort.abort(reason) });
    await expect(push(hub, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(hub.requests).toEqual([]);
    await expect(push(hub, { signal: abort.signal })).rejects.toBe(reason);
    expect(hub.commits).toEqual([]);
  });
});

describe("options that cannot be are refused before anything is sent", () => {
  test.each<[Partial<PushOptions>, object]>([
    [{ folder: undefined }, { parameter: "folder" }],
    [{ files: ["x"] }, { parameter: "folder" }],
    [{ folder: undefined, files: [] }, { parameter: "folder" }],
    [{ folder: undefined, files: ["a/x", "b/x"] }, { parameter: "files" }],
    [{ repo: "mine" }, { parameter: "repo" }],
    [{ repo: "zoe/../mine" }, { parameter: "repo" }],
    [{ repo: "../mine" }, { parameter: "repo" }],
    [{ repo: "zoe/.." }, { parameter: "repo" }],
    [{ repo: "zoe/mine.git" }, { parameter: "repo" }],
    [{ repo: "zoe/mine--" }, { parameter: "repo" }],
    [{ repo: `zoe/${"x".repeat(97)}` }, { parameter: "repo" }],
    [{ token: "secret-key" }, { parameter: "token" }],
    [{ token: undefined as never }, { parameter: "token" }],
    [{ endpoint: "file:///etc" }, { parameter: "endpoint" }],
    [{ endpoint: "nowhere" }, { parameter: "endpoint" }],
  ])("%o", async (options, expected) => {
    const hub = await start();
    const error = await push(hub, options).catch((reason) => reason);
    expect(error).toMatchObject({ code: "BAD_OPTION", ...expected });
    expect(error.message).not.toContain("secret-key");
    expect(hub.requests).toEqual([]);
  });

  test("as are a folder and a file that there are not", async () => {
    const hub = await start();
    const none = join(folder, "none");
    await expect(push(hub, { folder: none })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const files = [none];
    await expect(push(hub, { folder: undefined, files })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await mkdir(none);
    await expect(push(hub, { folder: none })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(hub.requests).toEqual([]);
  });
});
