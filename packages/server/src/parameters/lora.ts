import type { AdapterChoice, GenerateOptions } from "@llama2-kit/protocol";
import { badRequest, describe } from "../error.ts";
import { Fields, isJsonObject } from "../fields.ts";
import type { ServedModel } from "../model-directory.ts";

/** What answers, and with which LoRA adapters. */
export interface ChosenAdapters {
  readonly served: ServedModel;
  /** The option to generate with; without it where there is none. */
  readonly options: GenerateOptions;
}

/**
 * Chooses the LoRA adapters of one request: the one that it asked for as its model, or those of `lora`, as llama-server has it:
 * `[{ "id": 0, "scale": 0.5 }]`, where an adapter may be named too, and without a scale has the one it was loaded with.
 * Adapters that are not in the list are off.
 *
 * @throws ServerError `BAD_REQUEST`
 */
export function chooseAdapters(fields: Fields, served: ServedModel): ChosenAdapters {
  const list = fields.array("lora");
  const { adapter } = served;
  if (!list) return { served, options: adapter === undefined ? {} : { adapter } };
  if (adapter !== undefined) {
    throw badRequest(
      "lora",
      `The model ${describe(served.name)} is an adapter. Send lora without it.`,
    );
  }
  const choices = list.map((one, index) => readChoice(one, `lora[${index}]`, served));
  if (choices.length === 0) return { served, options: {} };
  const names = choices.map(({ name }) => name).join();
  return { served: { ...served, adapter: names }, options: { adapter: choices } };
}

function readChoice(value: unknown, path: string, { model }: ServedModel): AdapterChoice {
  if (!isJsonObject(value)) {
    throw badRequest(
      path,
      `${path} must be an object with a name or an id; it is ${describe(value)}.`,
    );
  }
  const fields = new Fields(value, `${path}.`);
  const known = model.adapters ?? [];
  const id = fields.integer("id", { min: 0 });
  const name = fields.string("name") ?? known[id ?? -1];
  const scale = fields.number("scale");
  if (name !== undefined && known.includes(name))
    return { name, ...(scale !== undefined && { scale }) };
  const there = known.length === 0 ? "it has none" : known.map(describe).join(", ");
  throw badRequest(path, `${path} names no adapter of the model (${there}).`);
}
