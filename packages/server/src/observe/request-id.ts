/** What may be taken over from a caller: nothing that could be mistaken for something else in a log. */
const ACCEPTABLE = /^[\w.:@=+/-]{1,128}$/;

/** The caller's name for its request where it has a proper one; otherwise a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get("x-request-id");
  if (given !== null && ACCEPTABLE.test(given)) return given;
  return `req_${crypto.randomUUID().replaceAll("-", "")}`;
}
