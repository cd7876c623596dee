import { setImmediate as nextTurn } from "node:timers/promises";
import type { Llama } from "node-llama-cpp";
import { incompatible } from "../sampling/native-sampler.ts";

/** The part of node-llama-cpp that hands out llama.cpp's log, which it does not publish. */
interface LogInternals {
  readonly _bindings: {
    setLogger(listener: ((level: number, text: string) => void) | undefined): void;
    setLoggerLogLevel(level: number): void;
  };
  readonly _onAddonLog: (level: number, text: string) => void;
}

/** The addon's number for warnings, and what is worse. */
const WARNINGS = 3;

/** The cleanup of a listener takes two turns of the event loop. */
const CLEANUP_TURNS = 10;

/**
 * Has llama.cpp's log come to a `Llama`. There is one log for all those of a process that share a binary, and it goes
 * to the one that was made last. Or to nobody but the standard output: node-llama-cpp's addon forgets that there is a
 * listener when it cleans up the one before, which it does some turns of the event loop after the new one was set. So
 * the one before is sent away first, and the log is taken when it is gone.
 *
 * @throws InferenceError `ENGINE_INCOMPATIBLE`
 */
export async function takeLog(llama: Llama): Promise<void> {
  const { _bindings: bindings, _onAddonLog: listener } = llama as unknown as Partial<LogInternals>;
  const hasLog = typeof bindings?.setLogger === "function" && typeof listener === "function";
  if (!hasLog || typeof bindings.setLoggerLogLevel !== "function") throw incompatible("the log");
  bindings.setLogger(undefined);
  for (let turn = 0; turn < CLEANUP_TURNS; turn++) await nextTurn();
  bindings.setLogger(listener);
  bindings.setLoggerLogLevel(WARNINGS);
}
