import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { useCria, useServer } from "../../../packages/server/test/cria.ts";

const cria = useCria();
const server = useServer(() => [cria()], { apiKeys: "sk-test" });
const main = fileURLToPath(new URL("../main.mjs", import.meta.url));

const run = (key: string) =>
  promisify(execFile)(process.execPath, [main, "My name is Mia."], {
    env: {
      ...process.env,
      ENDPOINT: `${server().url}/v1/completions`,
      API_KEY: key,
      MODEL: "cria",
    },
  });

test("the answer is one to the right prompt", async () => {
  expect((await run("sk-test")).stdout).toMatch(/^.*Mia.*\n$/);
});

test("an error says what the server said", async () => {
  await expect(run("sk-wrong")).rejects.toThrow("The API key is wrong.");
});
