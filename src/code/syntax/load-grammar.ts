import { messageOf } from "../../errors.ts";
import type { Binding, Grammar } from "./grammar.ts";
import type { Language } from "./languages.ts";
import { loadNativeGrammar } from "./native-grammar.ts";

/** Grammars of one process, each loaded when it is first needed. */
export interface Grammars {
  get(language: Language): Promise<Grammar>;
  /** Why a language is parsed by wasm; empty where the add-ons load. */
  readonly fallbacks: ReadonlyMap<Language, string>;
}

/** @param binding `wasm` does without the add-ons; by default they are used wherever they load */
export function createGrammars(binding: Binding = "native"): Grammars {
  const loaded = new Map<Language, Promise<Grammar>>();
  const fallbacks = new Map<Language, string>();
  const load = async (language: Language) => {
    if (binding === "native")
      try {
        return loadNativeGrammar(language);
      } catch (error) {
        fallbacks.set(language, messageOf(error));
      }
    return (await import("./wasm-grammar.ts")).loadWasmGrammar(language);
  };
  return {
    get(language) {
      const known = loaded.get(language) ?? load(language);
      loaded.set(language, known);
      return known;
    },
    fallbacks,
  };
}

/** A turn of the loop costs as much as a small file, and trees that wait for it cost memory: 25 MB for each MB of text. */
const between = { files: 7, characters: 100_000 };
let since = { files: 0, characters: 0 };

/**
 * Lets the finalizers of native trees run, which wait for the loop of events to turn. To be called once after each file; most times it does nothing.
 * @param text of the file
 */
export async function breathe(text: string): Promise<void> {
  since = { files: since.files + 1, characters: since.characters + text.length };
  if (since.files < between.files && since.characters < between.characters) return;
  since = { files: 0, characters: 0 };
  await new Promise((resolve) => setImmediate(resolve));
}
