import type { ResumableStream, StreamRequest } from "./dialect.ts";
import { ClientError } from "./error.ts";

/**
 * Makes a stream that can be taken up again where its connection breaks.
 *
 * @throws ClientError `UNSUPPORTED` where the server cannot do so for this request
 */
export function makeResumable(stream: StreamRequest): ResumableStream {
  const { dialect, request } = stream;
  const resumable = dialect.resume?.(stream);
  if (resumable) return resumable;
  throw new ClientError(
    "UNSUPPORTED",
    `${dialect.name} cannot take the stream of ${request.path} up again: leave resume out.`,
    { parameter: "resume" },
  );
}
