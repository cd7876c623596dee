import type { Answer } from "./answer.ts";
import type { StreamRequest } from "./dialect.ts";
import { ClientError } from "./error.ts";

/**
 * Opens a stream that can be taken up again where its connection breaks.
 *
 * @throws ClientError `UNSUPPORTED` where the server cannot do so for this request; and what `send` throws
 */
export async function openResumable(stream: StreamRequest, answer: Answer): Promise<Response> {
  const { dialect, request } = stream;
  const response = dialect.resume?.(stream, answer);
  if (response) return response;
  throw new ClientError(
    "UNSUPPORTED",
    `${dialect.name} cannot take the stream of ${request.path} up again: leave resume out.`,
    { parameter: "resume" },
  );
}
