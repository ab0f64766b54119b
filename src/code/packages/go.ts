import { linesOf, most, type Ecosystem, type Locked } from "./ecosystem.ts";

const required = /^\s*(?:require\s+)?([\w~-]+\.[\w.~/-]+)\s+(v[\w.+-]+)(?:\s*\/\/(.*))?$/;

/** `go.mod` names the version that is built with, and what is behind it, so it is its own lock file. */
export const go: Ecosystem = {
  name: "Go",
  isManifest: (path) => /(?:^|\/)go\.mod$/.test(path),
  declared: (text) =>
    requirements(text)
      .filter(({ indirect }) => !indirect)
      .map(({ name, version, line }) => ({ name, wanted: version, line }))
      .slice(0, most.declared),
  ownNames: (text) => /^module\s+(\S+)/m.exec(text)?.slice(1) ?? [],
  locks: ["go.mod"],
  locked: (text) =>
    new Map(requirements(text).map(({ name, version }): [string, Locked] => [name, { version, licence: null }])),
};

function requirements(text: string) {
  return linesOf(text).flatMap(({ text: content, line }) => {
    const [, name, version, said = ""] = required.exec(content) ?? [];
    if (name === undefined || version === undefined) return [];
    return [{ name, version, line, indirect: /\bindirect\b/.test(said) }];
  });
}
