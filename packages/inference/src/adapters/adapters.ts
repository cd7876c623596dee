import type { AdapterChoice } from "@llama2-kit/protocol";
import type { LlamaModel } from "node-llama-cpp";
import { type NativeAdapters, NO_ADAPTERS } from "../engine/native-context.ts";
import { InferenceError } from "../error.ts";
import { fingerprintFile } from "../loading/fingerprint.ts";
import { badParameter } from "../parameters.ts";
import { readScale } from "./adapter-source.ts";

/** An adapter as llama.cpp has it, for `AddonContext.setLoras`. */
interface NativeLora {
  dispose(): Promise<void>;
}

/** The part of node-llama-cpp that loads adapters, which it does not publish. From its `_getOrLoadLora`. */
interface ModelInternals {
  readonly _model: { loadLora(lora: NativeLora): Promise<void> };
  readonly llama: {
    readonly _bindings: {
      readonly AddonModelLora: new (model: unknown, path: string) => NativeLora;
    };
  };
}

/** An adapter whose file has been found and checked. */
export interface AdapterFile {
  readonly name: string;
  readonly path: string;
  /** How strongly it acts where a generation does not say. */
  readonly scale: number;
}

interface LoadedAdapter extends AdapterFile {
  readonly lora: NativeLora;
  /** Of its file: what a saved session is for, whatever the adapter is called by then. */
  readonly fingerprint: string;
}

/** The adapters that were loaded with a model. To be disposed of before it. */
export class Adapters {
  readonly #loaded: ReadonlyMap<string, LoadedAdapter>;

  /** Those of a model that was loaded without any. */
  static readonly none: Adapters = new Adapters([]);

  private constructor(loaded: readonly LoadedAdapter[]) {
    this.#loaded = new Map(loaded.map((adapter) => [adapter.name, adapter]));
  }

  /**
   * Loads adapters. To be called before contexts are made, which llama.cpp makes large enough for what there is.
   *
   * @throws InferenceError `ADAPTER_MISMATCH` where llama.cpp refuses one that passed our checks
   */
  static async load(model: LlamaModel, files: readonly AdapterFile[]): Promise<Adapters> {
    const { _model, llama } = model as unknown as ModelInternals;
    const loaded: LoadedAdapter[] = [];
    for (const file of files) {
      const lora = new llama._bindings.AddonModelLora(_model, file.path);
      try {
        await _model.loadLora(lora);
        loaded.push({ ...file, lora, fingerprint: await fingerprintFile(file.path) });
      } catch (cause) {
        await new Adapters(loaded).dispose();
        throw new InferenceError(
          "ADAPTER_MISMATCH",
          `llama.cpp cannot load the adapter ${file.path}. Was it made for this model?`,
          { cause },
        );
      }
    }
    return new Adapters(loaded);
  }

  get names(): readonly string[] {
    return [...this.#loaded.keys()];
  }

  /**
   * What a generation's `adapter` option chooses.
   *
   * @throws InferenceError `BAD_PARAMETER`
   */
  choose(choice: string | readonly AdapterChoice[] | undefined): NativeAdapters {
    if (choice === undefined) return NO_ADAPTERS;
    const choices = typeof choice === "string" ? [{ name: choice }] : choice;
    if (!Array.isArray(choices)) {
      throw badParameter("adapter", choice, "an adapter's name, or an array of { name, scale }");
    }
    const chosen = choices.map((each, index) => this.#chooseOne(each, `adapter[${index}]`));
    const names = chosen.map(({ name }) => name);
    const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (twice !== -1) throw badParameter(`adapter[${twice}].name`, names[twice], "named once");
    const acting = chosen.filter(({ scale }) => scale !== 0);
    acting.sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      key: acting.map(({ fingerprint, scale }) => `${fingerprint}:${scale}`).join(),
      loras: acting.map(({ lora }) => lora),
      scales: acting.map(({ scale }) => scale),
    };
  }

  #chooseOne(choice: AdapterChoice, parameter: string): LoadedAdapter {
    const name: unknown = choice?.name;
    const adapter = typeof name === "string" ? this.#loaded.get(name) : undefined;
    if (!adapter) {
      const names = this.names.map((known) => JSON.stringify(known)).join(", ");
      const there = names === "" ? "there are none" : names;
      const allowed = `one of the adapters that the model was loaded with (${there})`;
      throw badParameter(parameter, name, allowed);
    }
    const scale = readScale(`${parameter}.scale`, choice.scale, adapter.scale);
    // llama.cpp computes with 32 bits.
    return { ...adapter, scale: Math.fround(scale) };
  }

  async dispose(): Promise<void> {
    for (const { lora } of this.#loaded.values()) await lora.dispose();
  }
}
