import type { GenerateOptions } from "@llama2-kit/protocol";
import { expect, test } from "vitest";
import { samplingPresets } from "../../src/index.ts";
import { readSamplingParameters } from "../../src/sampling/sampling-parameters.ts";

test.each(Object.entries(samplingPresets))(
  "%s is made of options that are allowed",
  (_, preset) => {
    const options: GenerateOptions = { ...preset, seed: 1 };
    expect(readSamplingParameters(options)).toMatchObject(options);
  },
);

test("balanced is the default", () => {
  const seed = 1;
  expect(readSamplingParameters({ ...samplingPresets.balanced, seed })).toEqual(
    readSamplingParameters({ seed }),
  );
});
