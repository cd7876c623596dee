/** Longest text of an imported message: many times what any Llama 2 can read, and little enough to draw. */
const LONGEST_TEXT = 2 ** 20;

/** The latest time that a date can have, in milliseconds since 1970. */
const LAST_TIME = 8.64e15;

/** An object of a file that somebody else may have made: what is read of it is of the type that it should be. */
export class Entry {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;

  /**
   * @param path - where it stands in the file, for messages
   * @throws Error where it is no object
   */
  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new Error(`${path} is ${show(value)}, and should be an object.`);
    }
    this.#fields = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  isNull(name: string): boolean {
    return this.#get(name) === null;
  }

  text(name: string): string {
    const value = this.#get(name);
    if (typeof value === "string" && value.length <= LONGEST_TEXT) return value;
    throw this.wrong(name, `a text of at most ${LONGEST_TEXT} characters`);
  }

  number(name: string): number {
    const value = this.#get(name);
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw this.wrong(name, "a number");
  }

  /** Those of some numbers that are there. */
  optionalNumbers<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
    const there = names.filter((name) => this.has(name));
    return Object.fromEntries(there.map((name) => [name, this.number(name)])) as Partial<
      Record<Name, number>
    >;
  }

  /** Milliseconds since 1970. */
  time(name: string): number {
    const value = this.number(name);
    if (value >= 0 && value <= LAST_TIME) return value;
    throw this.wrong(name, "a time in milliseconds since 1970");
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = values.find((known) => known === this.#get(name));
    if (value !== undefined) return value;
    throw this.wrong(name, values.map((known) => JSON.stringify(known)).join(" or "));
  }

  array(name: string): readonly unknown[] {
    const value = this.#get(name);
    if (Array.isArray(value)) return value;
    throw this.wrong(name, "an array");
  }

  entry(name: string): Entry {
    return new Entry(this.#get(name), `${this.#path}.${name}`);
  }

  optionalEntry(name: string): Entry | undefined {
    return this.has(name) ? this.entry(name) : undefined;
  }

  /** Says of a field that it is not what it should be. */
  wrong(name: string, expected: string): Error {
    return new Error(
      `${this.#path}.${name} is ${show(this.#get(name))}, and should be ${expected}.`,
    );
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }
}

/** As much of a value as a message has room for. */
function show(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(typeof value === "string" ? value.slice(0, 41) : value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
