/** What the command line and the environment say. */
export interface Settings {
  /** The path or address of a GGUF file; undefined for the model that the example comes with. */
  readonly model: string | undefined;
  readonly port: number;
  /** Keys that callers must send; undefined where anybody on this machine may ask. */
  readonly apiKeys: readonly string[] | undefined;
}

export function readSettings(): Settings {
  const { PORT: port = "8080", API_KEYS: keys } = process.env;
  return { model: process.argv[2], port: Number(port), apiKeys: keys?.split(",") };
}
