import { parse } from "smol-toml";
import {
  escaped,
  lineOf,
  most,
  named,
  parsed,
  record,
  textOrNull,
  type Declared,
  type Ecosystem,
  type Locked,
} from "./ecosystem.ts";

const lists = ["dependencies", "dev-dependencies", "build-dependencies"];

/** Crates of the same repository, which have a path, are not among them. */
export const rust: Ecosystem = {
  name: "crates.io",
  isManifest: (path) => /(?:^|\/)Cargo\.toml$/.test(path),
  declared(text) {
    const file = parsed(parse, text);
    const tables = [file, record(file["workspace"]), ...Object.values(record(file["target"])).map(record)];
    const entries = tables.flatMap((table) => lists.flatMap((list) => Object.entries(record(table[list]))));
    return entries.slice(0, most.declared).flatMap(([key, value]): readonly Declared[] => {
      const said = record(value);
      if (said["path"] !== undefined || said["workspace"] === true) return [];
      const line = lineOf(
        text,
        new RegExp(
          `^[ \\t]*(?:["']?${escaped(key)}["']?[ \\t]*[=.]|\\[[^\\]\\n]*dependencies\\.["']?${escaped(key)}["']?\\])`,
          "m",
        ),
      );
      return [
        { name: textOrNull(said["package"]) ?? key, wanted: textOrNull(value) ?? textOrNull(said["version"]), line },
      ];
    });
  },
  ownNames: (text) => named(record(parsed(parse, text)["package"])),
  locks: ["Cargo.lock"],
  locked(text) {
    const packages = [parsed(parse, text)["package"]].flat().map(record);
    return new Map(
      packages.flatMap((each): [string, Locked][] => {
        const name = textOrNull(each["name"]);
        // What has no source is of the same repository.
        if (name === null || each["source"] === undefined) return [];
        return [[name, { version: textOrNull(each["version"]), licence: null }]];
      }),
    );
  },
};
