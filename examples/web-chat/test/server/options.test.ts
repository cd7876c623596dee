import { expect, test } from "vitest";
import { HELP } from "../../server/help.ts";
import { readOptions } from "../../server/options.ts";

test("nothing needs to be said", () => {
  expect(readOptions([], {})).toEqual({
    load: { model: "cria", adapters: [] },
    machine: {
      contextSize: undefined,
      sequences: 2,
      gpu: "auto",
      threads: undefined,
      cacheDir: undefined,
      adaptersFolder: "adapters",
    },
    port: undefined,
    host: "127.0.0.1",
    apiKeys: [],
    allowedHosts: [],
  });
});

test("everything can be", () => {
  const args =
    "--model a.gguf --adapter x=y=z.gguf --adapter b=c.gguf --context-size 1024 --sequences 3 --gpu off " +
    "--threads 2 --cache-dir models --adapters-folder mine --port 0 --host ::1 --api-key k --allow-host chat.example.com";
  expect(readOptions(args.split(" "), { LLAMA2_API_KEY: "l,m" })).toEqual({
    load: {
      model: "a.gguf",
      adapters: [
        { name: "x", path: "y=z.gguf" },
        { name: "b", path: "c.gguf" },
      ],
    },
    machine: {
      contextSize: 1024,
      sequences: 3,
      gpu: false,
      threads: 2,
      cacheDir: "models",
      adaptersFolder: "mine",
    },
    port: 0,
    host: "::1",
    apiKeys: ["k", "l", "m"],
    allowedHosts: ["chat.example.com"],
  });
});

test("to share is to listen on all addresses", () => {
  expect(readOptions(["--share"], {})).toMatchObject({ host: "0.0.0.0" });
  expect(readOptions(["--share", "--host", "::"], {})).toMatchObject({ host: "::" });
});

test("help and version are asked for instead", () => {
  expect(readOptions(["-h"], {})).toBe("help");
  expect(readOptions(["--version"], {})).toBe("version");
});

test("the help has every option", () => {
  for (const name of [
    ..."model adapter adapters-folder context-size sequences gpu threads cache-dir port host share".split(
      " ",
    ),
    ..."api-key allow-host version help".split(" "),
  ]) {
    expect(HELP).toContain(`--${name}`);
  }
});

test.each([
  [["--port", "70000"], "--port must be an integer from 0 to 65535"],
  [["--context-size", "4"], "--context-size must be an integer from 8"],
  [["--threads", "two"], '--threads must be an integer from 1 to 999999999; it is "two".'],
  [["--gpu", "yes"], "--gpu must be one of auto, cuda, vulkan, metal, off"],
  [["--adapter", "noise"], "--adapter must be <name>=<path>."],
  [["--modle", "x"], "--modle"],
  [["x.gguf"], "x.gguf"],
])("%j is refused with what is right", (args, message) => {
  expect(() => readOptions(args, {})).toThrow(message);
});
