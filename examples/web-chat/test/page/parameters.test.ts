import { describe, expect, test } from "vitest";
import { applyPreset, PRESETS, presetOf } from "../../src/parameters/presets.ts";
import { PARAMETERS } from "../../src/parameters/table.ts";
import { faultOf, toWireFields } from "../../src/parameters/wire-fields.ts";

describe("parameters", () => {
  test("each have a default in their range", () => {
    for (const parameter of PARAMETERS) {
      if (parameter.default === undefined) continue;
      expect([parameter.field, faultOf(parameter, parameter.default)]).toEqual([
        parameter.field,
        undefined,
      ]);
    }
  });

  test("are written as the wire has them, and only where they are set and do something", () => {
    const values = {
      temperature: 0.5,
      stop: "END\\n\nUser:",
      logit_bias: "2: -100\n13 5",
      dry_base: 2,
      json_schema: '{"type":"object"}',
    };
    expect(toWireFields(values)).toEqual({
      temperature: 0.5,
      stop: ["END\n", "User:"],
      logit_bias: { 2: -100, 13: 5 },
      json_schema: { type: "object" },
    });
    expect(toWireFields({ dry_base: 2, dry_multiplier: 0.8 })).toHaveProperty("dry_base", 2);
  });

  test.each([
    { top_p: 2 },
    { top_k: 1.5 },
    { temperature: -1 },
    { json_schema: "{" },
    { json_schema: "[]" },
    { logit_bias: "word: 3" },
    { logit_bias: "3: 200" },
  ])("%j is refused", (values) => {
    expect(() => toWireFields(values as never)).toThrow();
  });

  test("come in presets, which leave the others alone", () => {
    for (const preset of PRESETS) {
      const values = applyPreset({ seed: 5, min_p: 0.3 }, preset);
      expect(values).toMatchObject({ seed: 5, ...preset.values });
      expect(presetOf(values)).toBe(preset.name);
    }
    expect(presetOf({})).toBe("Balanced");
    expect(presetOf({ temperature: 0.61 })).toBe("Custom");
  });
});
