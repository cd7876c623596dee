import type { ChatOptions } from "@llama2-kit/protocol";
import { isRecord } from "./describe.ts";
import type { Fields, OptionName, OptionTable, RequestOptions } from "./dialect.ts";
import { ClientError } from "./error.ts";

/** Writes options by a dialect's table, and notes what it cannot do. */
export class OptionWriter implements RequestOptions {
  readonly model: string | undefined;
  /** What was left out, a sentence each. */
  readonly warnings: string[] = [];
  readonly #options: ChatOptions;
  readonly #dialectName: string;
  readonly #unsupported: "error" | "warn";

  constructor(
    dialectName: string,
    unsupported: "error" | "warn",
    model: string | undefined,
    options: ChatOptions,
  ) {
    this.#dialectName = dialectName;
    this.#unsupported = unsupported;
    this.#options = options;
    this.model = model;
  }

  /** @throws ClientError `UNSUPPORTED`, unless that is to be a warning */
  write(table: OptionTable): Fields {
    let fields: Fields = {};
    for (const [key, value] of Object.entries(this.#options)) {
      if (value === undefined || key === "signal") continue;
      const writer = table[key as OptionName] as string | ((value: unknown) => Fields) | undefined;
      if (typeof writer === "string") fields = { ...fields, [writer]: value };
      else if (writer) fields = mergeFields(fields, writer(value));
      else if (value !== false) this.#refuse(key);
    }
    return fields;
  }

  #refuse(option: string): void {
    const problem = `${this.#dialectName} cannot do ${option}`;
    if (this.#unsupported === "warn") {
      this.warnings.push(`${problem}, so it was left out.`);
      return;
    }
    throw new ClientError(
      "UNSUPPORTED",
      `${problem}. Leave it out, name the dialect of your server, or set unsupported: "warn".`,
      { parameter: option },
    );
  }
}

/** Two objects in one, also the objects in them, as some dialects nest the options. */
export function mergeFields(fields: Fields, more: Fields | undefined): Fields {
  const merged: Record<string, unknown> = { ...fields };
  for (const [name, value] of Object.entries(more ?? {})) {
    const own = merged[name];
    merged[name] = isRecord(own) && isRecord(value) ? { ...own, ...value } : value;
  }
  return merged;
}
