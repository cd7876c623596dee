/** What can be told of the user, by the words that ask for it. */
export type FactName =
  | "name"
  | "age"
  | "city"
  | "job"
  | "pet"
  | `favorite ${string}`
  | `name of ${string}`;

/** What has been said in a dialogue so far, as far as later turns may come back to it. */
export interface Memory {
  /** What the user has told, or the system prompt of the user. */
  readonly facts: Map<FactName, string>;
  /** Who the assistant is, where the system prompt gives it a character: `Finn the pirate`. */
  readonly persona?: { readonly name: string; readonly kind: string };
  /** The user's messages. */
  readonly said: string[];
  /** The assistant's answers, without what the system prompt has put around them. */
  readonly answered: string[];
}

/** A memory with nothing in it. */
export function createMemory(persona?: Memory["persona"]): Memory {
  return { facts: new Map(), said: [], answered: [], ...(persona && { persona }) };
}
