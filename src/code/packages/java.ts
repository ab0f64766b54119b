import { lineAt, linesOf, most, textOrNull, type Declared, type Ecosystem } from "./ecosystem.ts";

/** `implementation("group:name:version")` in Groovy or Kotlin. */
const gradle =
  /^[ \t]*(?:\w{0,40}[iI]mplementation|api|\w{0,40}[cC]ompileOnly|\w{0,40}[rR]untimeOnly|annotationProcessor|kapt)\b[^"']{0,40}["']([\w.-]+:[\w.-]+)(?::([^"']+))?["']/;

/** Maven and Gradle have no lock file that people keep. */
export const java: Ecosystem = {
  name: "Maven",
  isManifest: (path) => /(?:^|\/)(?:pom\.xml|build\.gradle(?:\.kts)?)$/.test(path),
  declared: (text, path) => (path.endsWith(".xml") ? ofPom(text) : ofGradle(text)),
  ownNames: () => [],
  locks: [],
  locked: () => new Map(),
};

function ofPom(text: string): readonly Declared[] {
  const comments = spans(text, "<!--", "-->");
  return spans(text, "<dependency>", "</dependency>")
    .filter(({ start }) => !comments.some((comment) => comment.start < start && start < comment.end))
    .flatMap(({ start, end }): readonly Declared[] => {
      const inside = text.slice(start, Math.min(end, start + 2_000));
      const valueOf = (tag: string) => new RegExp(`<${tag}>\\s{0,100}([^<\\s]{1,200})`).exec(inside)?.[1];
      const [group, name, version] = [valueOf("groupId"), valueOf("artifactId"), valueOf("version")];
      if (group === undefined || name === undefined) return [];
      return [{ name: `${group}:${name}`, wanted: textOrNull(version), line: lineAt(text, start) }];
    });
}

/** From each `open` to the `close` behind it; the first 1,000. */
function spans(text: string, open: string, close: string): readonly { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let start = text.indexOf(open); start !== -1 && found.length < most.declared;) {
    const end = text.indexOf(close, start);
    if (end === -1) break;
    found.push({ start, end });
    start = text.indexOf(open, end);
  }
  return found;
}

function ofGradle(text: string): readonly Declared[] {
  const found = linesOf(text).flatMap(({ text: content, line }): readonly Declared[] => {
    const [, name, version] = gradle.exec(content) ?? [];
    return name === undefined ? [] : [{ name, wanted: textOrNull(version), line }];
  });
  return found.slice(0, most.declared);
}
