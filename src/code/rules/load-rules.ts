import type { Language } from "../syntax/languages.ts";
import type { Rule } from "./rule.ts";

/** Our rules of one language, loaded when they are first needed: a process that analyses starts sooner without the others. */
export async function loadRules(language: Language): Promise<readonly Rule[]> {
  switch (language) {
    case "typescript":
    case "tsx":
    case "javascript":
      return (await import("./ecma/all.ts")).ecmaRules;
    case "python":
      return (await import("./python/all.ts")).pythonRules;
    case "go":
      return (await import("./go.ts")).goRules;
    case "rust":
      return (await import("./rust.ts")).rustRules;
    case "java":
      return (await import("./java/all.ts")).javaRules;
  }
}
