// `npm start`: shows the page at an address of this machine, and again whenever a file has changed.
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const server = await createServer({ root: fileURLToPath(new URL(".", import.meta.url)) });
await server.listen();
server.printUrls();
