import type { ImportFact } from "../facts.ts";
import { languageOf, type Language } from "../syntax/languages.ts";
import type { RepositoryFiles } from "./repository-files.ts";
import { createEcmaResolver } from "./resolve-ecma.ts";
import {
  createGoResolver,
  createJavaResolver,
  createPythonResolver,
  createRustResolver,
  type ModuleResolver,
} from "./resolve-others.ts";

/** Where an import leads. */
export type Target =
  | { readonly end: "file"; readonly path: string }
  /** Another's package, by its name as people install it where that can be told. */
  | { readonly end: "external"; readonly name: string }
  /** It ought to be a file of the repository, and is not there. */
  | { readonly end: "unknown" };

/** Where an import of a file leads. Go's packages and some of Python's imports lead to several files. */
export type Resolve = (from: string, fact: ImportFact) => readonly Target[];

/** Finds where imports lead, for one state of a repository. */
export function createResolver(files: RepositoryFiles): Resolve {
  const ecma = createEcmaResolver(files);
  const one: Resolve = (from, fact) => [ecma(from, fact.from)];
  const byModule =
    (resolve: ModuleResolver): Resolve =>
    (from, fact) =>
      resolve(
        from,
        fact.from,
        fact.names.map(({ name }) => name),
      );
  const byLanguage: Readonly<Record<Language, Resolve>> = {
    typescript: one,
    tsx: one,
    javascript: one,
    python: byModule(createPythonResolver(files)),
    go: byModule(createGoResolver(files)),
    rust: byModule(createRustResolver(files)),
    java: byModule(createJavaResolver(files)),
  };
  return (from, fact) => {
    const language = languageOf(from);
    return language === null ? [] : byLanguage[language](from, fact);
  };
}
