import { Minimatch } from "minimatch";
import { languageOf } from "../syntax/languages.ts";
import { readAttributes } from "./attributes.ts";

/** A file that nothing was said of, and why. */
export interface LeftOut {
  readonly path: string;
  /** A sentence for a person. */
  readonly reason: string;
  /** The pull itself made it so: its base has no such file, or looked into it. */
  readonly byPull: boolean;
}

/**
 * Which of the changed files are looked into: those in a language that is understood, but for what the repository ignores, and what others or
 * a program wrote.
 * @param base what the base says of it: a pull must not leave out its own files
 */
export function chooseFiles(
  changed: readonly string[],
  base: {
    readonly ignore: readonly string[];
    readonly texts: ReadonlyMap<string, string>;
    readonly paths: ReadonlySet<string>;
  },
): { readonly files: readonly string[]; readonly leftOut: readonly LeftOut[] } {
  const attribute = readAttributes(base.texts);
  const ignored = base.ignore.map((glob) => new Minimatch(glob, { dot: true }));
  const foreign = new Map<string, boolean>();
  const isNew = (folder: string) => {
    const known = foreign.get(folder) ?? !startsAny(base.paths, folder);
    foreign.set(folder, known);
    return known;
  };
  const saidOf = (path: string) => {
    if (ignored.some((glob) => glob.match(path))) return "`analysis.ignore` names it.";
    if (attribute(path, "linguist-generated")) return "`.gitattributes` says that it is generated.";
    return attribute(path, "linguist-vendored") ? "`.gitattributes` says that it is code of others." : null;
  };
  const files: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const path of changed) {
    if (languageOf(path) === null) continue;
    const said = saidOf(path);
    const folder = foreignFolder(path);
    if (said !== null) leftOut.push({ path, reason: said, byPull: false });
    else if (folder === null) files.push(path);
    else leftOut.push({ path, reason: `\`${folder}\` holds code of others, or built code.`, byPull: isNew(folder) });
  }
  return { files, leftOut };
}

/** Folders of copies of others' code, and of what is built and handed on with it. In `build` and `out` people keep code of their own as well. */
const others = /^(?:.*?\/)?(?:node_modules|bower_components|vendor|third_party|site-packages|\.venv|venv|dist)(?=\/)/;

/** Whether a path lies in such a folder. */
export function isVendored(path: string): boolean {
  return others.test(path);
}

/** Down to the folder whose name says it. */
function foreignFolder(path: string): string | null {
  return others.exec(path)?.[0] ?? null;
}

function startsAny(paths: ReadonlySet<string>, folder: string): boolean {
  for (const path of paths) if (path.startsWith(`${folder}/`)) return true;
  return false;
}
