import { expect, test } from "vitest";
import { errorLine } from "../src/error-line.ts";
import { printable } from "../src/printable.ts";

test("what commands a terminal is taken out, and everything else stays", () => {
  expect(printable("a\u001b[31mb\u0007\u009bc\r\n\té😀")).toBe("a[31mbc\n\té😀");
});

test("errors are printable, whatever they are about", () => {
  expect(errorLine(new Error("no file /tmp/\u001b[31mred"))).toBe("error: no file /tmp/[31mred");
});
