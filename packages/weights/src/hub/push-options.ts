import { badOption, WeightsError } from "../error.ts";
import type { Progress } from "../tensors/write-options.ts";

/** How far an upload has come. */
export interface PushProgress extends Progress {
  /** What is done with the file now: its hash is computed, then it is sent. */
  readonly phase: "hashing" | "uploading";
  /** Its name in the repository. */
  readonly path: string;
}

/** What `pushToHub` takes. */
export interface PushOptions {
  /** A folder, of which every file is uploaded; or `files`. */
  readonly folder?: string | undefined;
  /** Single files, which keep their names; or `folder`. */
  readonly files?: readonly string[] | undefined;
  /** The repository: `name-of-owner/name-of-model`. It is created if there is none. */
  readonly repo: string;
  /** A token that may write; see https://huggingface.co/settings/tokens. */
  readonly token: string;
  /** Whether a repository that is created is private; by default as its owner has it, mostly not. */
  readonly private?: boolean | undefined;
  /** The branch, created if there is none; `main` by default. */
  readonly branch?: string | undefined;
  /** The commit's title. */
  readonly message?: string | undefined;
  /** Where the hub is; `https://huggingface.co` by default. */
  readonly endpoint?: string | undefined;
  /** Ends the upload with the signal's reason. What was sent until then is in no commit. */
  readonly signal?: AbortSignal | undefined;
  /** Told from time to time how far the upload has come. Bytes are counted file by file. */
  readonly onProgress?: ((progress: PushProgress) => void) | undefined;
}

/**
 * A repository's name by the hub's rule.
 *
 * Source: `validate_repo_id` in huggingface/huggingface_hub, `src/huggingface_hub/utils/_validators.py`.
 */
const REPO = /^(?!.*(?:--|\.\.|\.git$))(?:(?:^|\/)\w(?:[\w.-]{0,94}\w)?){2}$/;

const REPO_RULE =
  "the owner's name, a slash and the model's, each of letters, digits, and . _ - between them";

/** The hub's library takes no others. */
const TOKEN = /^hf_[\w-]+$/;

/**
 * Checks options before anything is sent.
 *
 * @throws WeightsError `BAD_OPTION`, in which a token never stands
 */
export function checkPushOptions(options: PushOptions): void {
  const { folder, files, repo, token, endpoint = "https://huggingface.co" } = options;
  if ((folder === undefined) === (files === undefined) || files?.length === 0) {
    const message = "Give either folder or files, with at least one of them.";
    throw new WeightsError("BAD_OPTION", message, { parameter: "folder" });
  }
  if (!REPO.test(repo)) throw badOption("repo", repo, REPO_RULE);
  if (typeof token !== "string" || !TOKEN.test(token)) {
    const message =
      "token must be one of the hub's, which begins with hf_. Make one that may write at https://huggingface.co/settings/tokens.";
    throw new WeightsError("BAD_OPTION", message, { parameter: "token" });
  }
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw badOption("endpoint", endpoint, "an http or https address");
  }
}
