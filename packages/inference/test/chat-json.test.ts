import { expect, expectTypeOf, test } from "vitest";
import { useCria } from "./cria.ts";

const cria = useCria();
const messages = [{ role: "user", content: "My name is Zoe. What is my name?" }] as const;
const schema = {
  type: "object",
  properties: {
    name: { type: "string", maxLength: 12 },
    mood: { enum: ["happy", "sad"] },
    age: { type: "integer" },
  },
} as const;

test("an answer is JSON of the schema, with its type", async () => {
  const answer = await cria().chatJson(messages, schema, { temperature: 0, maxTokens: 100 });
  expectTypeOf(answer).toEqualTypeOf<{ name: string; mood: "happy" | "sad"; age: number }>();
  expect(Object.keys(answer)).toEqual(["name", "mood", "age"]);
  expect(answer.name.length).toBeLessThanOrEqual(12);
  expect(["happy", "sad"]).toContain(answer.mood);
  expect(Number.isInteger(answer.age)).toBe(true);
});

test("an answer that a limit cut short is an error, not half of an object", async () => {
  const options = { temperature: 0, maxTokens: 3 };
  await expect(cria().chatJson(messages, schema, options)).rejects.toMatchObject({
    code: "INCOMPLETE_JSON",
  });
});
