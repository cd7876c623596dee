import type { LlamaContext } from "node-llama-cpp";
import type { AddonContext } from "../src/engine/native-context.ts";

/**
 * Puts other methods in the place of some of a context's native ones. To be called before anybody takes the context.
 *
 * @param replace - given the native object, returns what to put in place
 */
export function replaceNative(
  context: LlamaContext,
  replace: (native: AddonContext) => Partial<AddonContext>,
): void {
  const host = context as unknown as { _ctx: AddonContext };
  const native = host._ctx;
  const replacements = replace(native);
  host._ctx = new Proxy(native, {
    get(target, property) {
      const replacement = Reflect.get(replacements, property);
      if (replacement !== undefined) return replacement;
      const value = Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
