import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { InferenceError } from "./error.ts";

/**
 * Compares a downloaded file with the checksum that the server has of it, and deletes it where that is another.
 *
 * @throws InferenceError `DOWNLOAD_CORRUPT`
 */
export async function verifyDownload(
  path: string,
  checksum: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash, { signal });
  const found = hash.digest("hex");
  if (found === checksum) return;
  await rm(path, { force: true });
  throw new InferenceError(
    "DOWNLOAD_CORRUPT",
    `What was downloaded to ${path} is not what the server has: its SHA-256 is ${found}, and should be ${checksum}. ` +
      "The file was deleted. Try again; where it happens again, look for a proxy that changes downloads, or a bad disk.",
  );
}
