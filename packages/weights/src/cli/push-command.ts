import type { Command } from "commander";
import { isFolder } from "../adapters/adapter-base.ts";
import { badOption } from "../error.ts";
import { pushToHub } from "../hub/push-to-hub.ts";
import type { RunContext } from "./run-context.ts";

const HELP = `
The token is taken from HF_TOKEN, where other users of this machine cannot see it. Make one that may write at
https://huggingface.co/settings/tokens. HF_ENDPOINT is the hub's address, where it is another one.

Examples:
  HF_TOKEN=hf_… llama2-weights push mine --repo zoe/llama-2-7b-mine --private
  HF_TOKEN=hf_… llama2-weights push mine.Q8_0.gguf mine.Q4_K_M.gguf --repo zoe/llama-2-7b-mine-GGUF`;

interface Values {
  readonly repo: string;
  readonly private?: true;
  readonly branch?: string;
  readonly message?: string;
}

/** Adds `push`. */
export function addPush(program: Command, context: RunContext): void {
  program
    .command("push")
    .summary("upload to the Hugging Face Hub")
    .description("Uploads a folder or files to a model's repository, in one commit.")
    .argument("<path...>", "a folder, or files")
    .requiredOption("--repo <owner/name>", "the repository; it is created if there is none")
    .option("--private", "make a new repository private")
    .option("--branch <name>", "the branch; it is created if there is none (default main)")
    .option("--message <text>", "the commit's title")
    .addHelpText("after", HELP)
    .action(async (paths: string[], values: Values) => {
      const { HF_TOKEN: token, HF_ENDPOINT: endpoint } = process.env;
      if (!token)
        throw badOption("HF_TOKEN", undefined, "a token of the hub's, in the environment");
      const [first = ""] = paths;
      const isOneFolder = paths.length === 1 && (await isFolder(first));
      const { url } = await context.withProgress("Uploading", (progress) =>
        pushToHub({
          ...progress,
          ...values,
          ...(isOneFolder ? { folder: first } : { files: paths }),
          token,
          endpoint,
        }),
      );
      context.print(`Pushed: ${url}`);
    });
}
