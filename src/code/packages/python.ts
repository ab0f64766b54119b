import { parse } from "smol-toml";
import {
  escaped,
  lineOf,
  linesOf,
  most,
  named,
  parsed,
  record,
  textOrNull,
  type Declared,
  type Ecosystem,
  type Locked,
} from "./ecosystem.ts";

const requirement = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)/;

export const python: Ecosystem = {
  name: "PyPI",
  isManifest: (path) =>
    /(?:^|\/)(?:pyproject\.toml|(?:[\w-]*-)?requirements(?:[-_.][\w-]+)*\.(?:txt|in)|requirements\/[\w-]+\.(?:txt|in))$/.test(
      path,
    ),
  declared: (text, path) => (path.endsWith(".toml") ? ofProject(text) : ofRequirements(text)),
  ownNames: (text, path) => (path.endsWith(".toml") ? named(record(parsed(parse, text)["project"])).map(nameOf) : []),
  locks: ["poetry.lock", "uv.lock", "pdm.lock"],
  locked: (text) => {
    const packages = [parsed(parse, text)["package"]].flat().map(record);
    return new Map(
      packages.flatMap((each): [string, Locked][] => {
        const name = textOrNull(each["name"]);
        return name === null ? [] : [[nameOf(name), { version: textOrNull(each["version"]), licence: null }]];
      }),
    );
  },
};

/** Names are the same in any case and with any of `-_.` (PEP 503). */
function nameOf(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

function ofRequirements(text: string): readonly Declared[] {
  return linesOf(text)
    .flatMap(({ text: content, line }) => declaredIn(content.trim(), line))
    .slice(0, most.declared);
}

function declaredIn(text: string, line: number): readonly Declared[] {
  const [, name, wanted = ""] = requirement.exec(text) ?? [];
  return name === undefined ? [] : [{ name: nameOf(name), wanted: textOrNull(wanted.trim()), line }];
}

/** `project.dependencies` and its optional ones (PEP 621), groups (PEP 735), and Poetry's own tables. */
function ofProject(text: string): readonly Declared[] {
  const file = parsed(parse, text);
  const project = record(file["project"]);
  const poetry = record(record(file["tool"])["poetry"]);
  const requirements = [
    project["dependencies"],
    ...Object.values(record(project["optional-dependencies"])),
    ...Object.values(record(file["dependency-groups"])),
  ]
    .flat()
    .filter((each): each is string => typeof each === "string");
  const tables = [
    poetry["dependencies"],
    poetry["dev-dependencies"],
    ...Object.values(record(poetry["group"])).map((group) => record(group)["dependencies"]),
  ].flatMap((table) => Object.entries(record(table)));
  return [
    ...requirements
      .slice(0, most.declared)
      .flatMap((each) =>
        declaredIn(each, lineOf(text, new RegExp(`["'][ \\t]*${escaped(each.trim().slice(0, 100))}`))),
      ),
    ...tables
      .slice(0, most.declared)
      .filter(([name]) => name !== "python")
      .map(([name, value]) => ({
        name: nameOf(name),
        wanted: textOrNull(value) ?? textOrNull(record(value)["version"]),
        line: lineOf(text, new RegExp(`^[ \\t]*["']?${escaped(name)}["']?[ \\t]*=`, "m")),
      })),
  ];
}
