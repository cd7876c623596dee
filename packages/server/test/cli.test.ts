import { expect, test } from "vitest";
import { announce } from "../src/cli/announce.ts";
import { type CliOptions, readCliOptions } from "../src/cli/options.ts";
import { isMissingPeer, npxArguments } from "../src/cli/provision.ts";

const read = (args: readonly string[], environment = {}) =>
  readCliOptions(args, environment) as CliOptions;

test("without arguments it serves Cria to this machine", () => {
  expect(read([])).toEqual({
    models: [],
    id: undefined,
    adapters: {},
    upstream: undefined,
    upstreamModel: undefined,
    upstreamKey: undefined,
    sequences: 4,
    maxQueue: undefined,
    contextSize: undefined,
    gpu: "auto",
    threads: undefined,
    cacheDir: undefined,
    port: 8080,
    host: "127.0.0.1",
    apiKeys: [],
    share: false,
    cors: [],
    allowedHosts: [],
    drainMs: 30_000,
    quiet: false,
  });
});

test("options that can be given several times, and the environment's keys", () => {
  const args = [
    "--model",
    "a.gguf",
    "--model",
    "b.gguf",
    "--adapter",
    "sql=x=y.gguf",
    "--api-key",
    "k1",
  ];
  const options = read(args, { LLAMA2_API_KEY: "k2,k3", LLAMA2_UPSTREAM_KEY: "up" });
  expect(options).toMatchObject({
    models: ["a.gguf", "b.gguf"],
    adapters: { sql: "x=y.gguf" },
    apiKeys: ["k1", "k2", "k3"],
    upstreamKey: "up",
  });
});

test("--share listens on all addresses, unless one is named", () => {
  expect(read(["--share"])).toMatchObject({ share: true, host: "0.0.0.0" });
  expect(read(["--share", "--host", "192.0.2.1"])).toMatchObject({
    share: true,
    host: "192.0.2.1",
  });
});

test.each([
  ["--port", "-1"],
  ["--port", "8e3"],
  ["--sequences", "0"],
  ["--context-size", "7"],
  ["--gpu", "toString"],
  ["--adapter", "=x"],
  ["--drain", "soon"],
])("%s %s is refused", (option, value) => {
  expect(() => read([`${option}=${value}`])).toThrow(
    expect.objectContaining({ code: "BAD_OPTION" }),
  );
});

test("--upstream and --model exclude each other", () => {
  expect(() => read(["--upstream", "http://x/v1", "--model", "y"])).toThrow(/without --model/);
});

const own = {
  name: "@llama2-kit/server",
  version: "1.2.3",
  peerDependencies: { "@llama2-kit/inference": "^1.2.0", "@llama2-kit/cria": "^1.0.0" },
};

test("a package that runs models and is missing is told from other failures", () => {
  const missing = (message: string) =>
    Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
  expect(
    isMissingPeer(missing("Cannot find package '@llama2-kit/inference' imported from /x"), own),
  ).toBe(true);
  expect(isMissingPeer(missing("Cannot find package 'node-llama-cpp' imported from /x"), own)).toBe(
    false,
  );
  expect(isMissingPeer(new Error("'@llama2-kit/inference'"), own)).toBe(false);
});

test("the program is started again with the packages of the versions that it works with", () => {
  expect(npxArguments(own, ["--model", "a b.gguf"])).toEqual([
    "--package=@llama2-kit/server@1.2.3",
    "--package=@llama2-kit/inference@^1.2.0",
    "--package=@llama2-kit/cria@^1.0.0",
    "--",
    "llama2-server",
    "--model",
    "a b.gguf",
  ]);
});

test("what is exposed is told, and whether a key is needed", () => {
  const server = { url: "http://192.0.2.1:80", host: "192.0.2.1", port: 80, close: async () => {} };
  const open = announce(server, read(["--share"]));
  expect(open).toContain("EVERYBODY");
  expect(open).toContain("http://192.0.2.1:80");
  expect(announce(server, read(["--api-key", "k"]))).not.toContain("EVERYBODY");
  const local = { ...server, url: "http://127.0.0.1:80", host: "127.0.0.1" };
  expect(announce(local, read([]))).toBe(
    "Listening on http://127.0.0.1:80 (OpenAI's API under http://127.0.0.1:80/v1)\n",
  );
});
