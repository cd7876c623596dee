import type { Adapter } from "./adapter.ts";
import { type AdapterBase, isFolder } from "./adapter-base.ts";
import { openGgufAdapter } from "./open-gguf-adapter.ts";
import { openPeft } from "./open-peft.ts";

/** Opens an adapter in either form: a folder is PEFT's, a file a GGUF. */
export async function openAdapter(path: string, base: AdapterBase): Promise<Adapter> {
  return (await isFolder(path)) ? openPeft(path, base) : openGgufAdapter(path, base);
}
