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

/** Finds where imports lead, for one state of a repository. What a language needs to know of it is read with its first import. */
export function createResolver(files: RepositoryFiles): Resolve {
  const ready = new Map<Language, Resolve>();
  return (from, fact) => {
    const language = languageOf(from);
    if (language === null) return [];
    let resolve = ready.get(language);
    if (resolve === undefined) {
      resolve = create[language](files);
      // One grammar or another, their imports mean the same.
      for (const same of ecma.includes(language) ? ecma : [language]) ready.set(same, resolve);
    }
    return resolve(from, fact);
  };
}

const ecma: readonly Language[] = ["typescript", "tsx", "javascript"];

const create: Readonly<Record<Language, (files: RepositoryFiles) => Resolve>> = {
  typescript: bySpecifier,
  tsx: bySpecifier,
  javascript: bySpecifier,
  python: (files) => byModule(createPythonResolver(files)),
  go: (files) => byModule(createGoResolver(files)),
  rust: (files) => byModule(createRustResolver(files)),
  java: (files) => byModule(createJavaResolver(files)),
};

function bySpecifier(files: RepositoryFiles): Resolve {
  const resolve = createEcmaResolver(files);
  return (from, fact) => [resolve(from, fact.from)];
}

function byModule(resolve: ModuleResolver): Resolve {
  return (from, fact) =>
    resolve(
      from,
      fact.from,
      fact.names.map(({ name }) => name),
    );
}
