import { expect, test } from "vitest";
import { PageFiles } from "../../server/page-files.ts";
import { useApp } from "./start-app.ts";

const app = useApp();
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${app().url}${path}`, { headers });

test("the page comes with its type, and rules that keep it to itself", async () => {
  const { status, headers } = await get("/");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(headers.get("cache-control")).toBe("no-cache");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
});

test("what has a hash in its name is kept, and by its ETag not sent twice", async () => {
  const { headers } = await get("/assets/main-abc.js");
  expect(headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(headers.get("cache-control")).toContain("immutable");
  const etag = headers.get("etag") ?? "";
  const again = await get("/assets/main-abc.js", { "if-none-match": etag });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe("");
  expect((await get("/assets/main-abc.js", { "if-none-match": '"other"' })).status).toBe(200);
});

test("HEAD has the headers alone", async () => {
  const response = await fetch(`${app().url}/`, { method: "HEAD" });
  expect(response.headers.get("content-length")).toBe("34");
  expect(await response.text()).toBe("");
});

test.each([
  "/../package.json",
  "/assets/../../package.json",
  "/%2e%2e/package.json",
  "/assets/..%2f..%2fpackage.json",
  "/assets%2fmain-abc.js",
  "/assets/",
  "/assets",
  "/assets/main-abc.js/",
  "/index.html%00.js",
  "//etc/passwd",
  "/etc/passwd",
  "/__proto__",
])("%s is not there", async (path) => {
  const { status } = await get(path);
  expect(status).toBe(404);
});

test("a page that was not built is an error that says what to do", () => {
  expect(() => new PageFiles("/nowhere")).toThrow("npm run build");
});
