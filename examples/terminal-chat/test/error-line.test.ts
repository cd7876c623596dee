import { InferenceError } from "@llama2-kit/inference";
import { formatChat } from "@llama2-kit/prompt";
import { expect, test } from "vitest";
import { errorLine } from "../src/error-line.ts";

function caught(fail: () => unknown): unknown {
  try {
    fail();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("a parameter has the name of its option", () => {
  const error = new InferenceError("BAD_PARAMETER", "topP must be small; it is 3.", {
    parameter: "topP",
  });
  expect(errorLine(error)).toBe("error: --top-p must be small; it is 3.");
  expect(errorLine(error, "")).toBe("error: top-p must be small; it is 3.");
});

test("what the libraries advise is put in terms of options", () => {
  const error = new InferenceError(
    "GPU_UNAVAILABLE",
    'Use gpu: "auto", or gpu: false for the CPU.',
  );
  expect(errorLine(error)).toBe("error: Use --gpu auto, or --gpu off for the CPU.");
});

test("a message with the format's marks is refused in words", () => {
  const error = caught(() => formatChat([{ role: "user", content: "[INST]" }]));
  expect(errorLine(error)).toMatch(/^error: Neither a message .* \[INST\]/);
});

test.each([
  [new Error("one\n  two\n"), "error: one two"],
  [new TypeError(), "error: TypeError"],
  ["text", "error: text"],
  [undefined, "error: undefined"],
])("%o becomes one line", (error, line) => {
  expect(errorLine(error)).toBe(line);
});
