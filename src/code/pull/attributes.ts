import { Minimatch } from "minimatch";
import { folderOf } from "../graph/repository-files.ts";

export type Attribute = "linguist-generated" | "linguist-vendored";

interface Line {
  readonly folder: string;
  readonly pattern: Minimatch;
  readonly values: ReadonlyMap<Attribute, boolean>;
}

const names: readonly Attribute[] = ["linguist-generated", "linguist-vendored"];
const mostLines = 2_000;

/** The files that say what others are, of which a commit's count for their folders. */
export function isAttributesFile(path: string): boolean {
  return /(?:^|\/)\.gitattributes$/.test(path);
}

/**
 * What `.gitattributes` of a commit say of files, as git reads them (gitattributes(5)): of the lines that match the last one counts, and the
 * file in the nearest folder goes before those above.
 * @param texts by the paths of the files
 */
export function readAttributes(texts: ReadonlyMap<string, string>): (path: string, name: Attribute) => boolean {
  const lines = [...texts]
    .filter(([path]) => isAttributesFile(path))
    .toSorted(([one], [other]) => one.length - other.length)
    .flatMap(([path, text]) => linesOf(folderOf(path), text));
  return (path, name) => {
    let found = false;
    for (const { folder, pattern, values } of lines) {
      const value = values.get(name);
      if (value === undefined || (folder !== "" && !path.startsWith(`${folder}/`))) continue;
      if (pattern.match(folder === "" ? path : path.slice(folder.length + 1))) found = value;
    }
    return found;
  };
}

function linesOf(folder: string, text: string): readonly Line[] {
  return text
    .split(/\r?\n/, mostLines)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("["))
    .flatMap((line) => {
      const [glob = "", ...said] = line.split(/\s+/);
      const values = new Map(names.flatMap((name) => valueOf(name, said)));
      if (values.size === 0 || glob.length > 300) return [];
      const rooted = glob.replace(/^\//, "");
      // Without a slash it is the name of a file in any folder.
      const pattern = new Minimatch(glob.includes("/") ? rooted : `**/${rooted}`, {
        dot: true,
        nobrace: true,
        noext: true,
      });
      return [{ folder, pattern, values }];
    });
}

function valueOf(name: Attribute, said: readonly string[]): readonly [Attribute, boolean][] {
  const last = said.findLast((each) => each.replace(/^[-!]|=.*$/g, "") === name);
  if (last === undefined) return [];
  return [[name, !/^[-!]/.test(last) && !/=(?:false|0)$/.test(last)]];
}
