import { createContext, runInContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { Llama2KitError } from "../src/index.ts";

class ToyError extends Llama2KitError<"broken" | "lost"> {
  override readonly name = "ToyError";
}

test("an error has a code, a message, a name and a cause", () => {
  const cause = new Error("why");
  const error = new ToyError("broken", "it broke", { cause });
  expect(error).toMatchObject({ code: "broken", message: "it broke", name: "ToyError", cause });
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe("ToyError: it broke");
  expect("cause" in new ToyError("lost", "no cause given")).toBe(false);
});

test("isInstance holds for subclasses, and for nothing else", () => {
  expect(Llama2KitError.isInstance(new ToyError("lost", ""))).toBe(true);
  const foreign = runInContext("new Error('from another realm')", createContext());
  for (const other of [new Error(""), foreign, {}, null, undefined, "text"]) {
    expect(Llama2KitError.isInstance(other)).toBe(false);
  }
});

test("isInstance holds across two copies of this package", async () => {
  vi.resetModules();
  const copy = await import("../src/index.ts");
  expect(copy.Llama2KitError).not.toBe(Llama2KitError);
  expect(copy.Llama2KitError.isInstance(new ToyError("lost", ""))).toBe(true);
  expect(Llama2KitError.isInstance(new copy.Llama2KitError("x", ""))).toBe(true);
});
