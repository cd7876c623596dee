// What the page of browser.test.ts runs.
export { createClient } from "../src/index.ts";
export { createClient as createSmallClient } from "../src/openai.ts";
export { outcomeOf } from "./chunked.ts";
