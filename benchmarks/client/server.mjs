// A process of its own, so that its work is not counted as a client's. `/bulk/…` sends an answer as fast as it goes,
// `/paced/…` an event at a time, each in a packet of its own.
import { createServer } from "node:http";
import { makeAnswer } from "./events.mjs";

const { sse, ndjson } = makeAnswer(Number(process.argv[2]));

const server = createServer(async (request, response) => {
  request.resume();
  const isOllama = request.url.endsWith("/api/chat");
  const events = isOllama ? ndjson : sse;
  const type = isOllama ? "application/x-ndjson" : "text/event-stream; charset=utf-8";
  response.writeHead(200, { "content-type": type });
  if (request.url.startsWith("/bulk")) return response.end(events.join(""));
  response.socket.setNoDelay(true);
  for (const event of events) {
    response.write(event);
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
});

// Longer than a contestant waits for its turn: a connection that is closed just when it is used fails.
server.keepAliveTimeout = 60_000;

server.listen(0, "127.0.0.1", () => process.send(server.address().port));
