import { textOrNull, type Declared, type Ecosystem } from "./ecosystem.ts";

/** `implementation("group:name:version")` in Groovy or Kotlin. */
const gradle =
  /^\s*(?:\w*[iI]mplementation|api|\w*[cC]ompileOnly|\w*[rR]untimeOnly|annotationProcessor|kapt)\b[^\n"']{0,40}["']([\w.-]+:[\w.-]+)(?::([^"'\n]+))?["']/gm;

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
  const plain = text.replaceAll(/<!--[\s\S]*?-->/g, (comment) => comment.replaceAll(/[^\n]/g, " "));
  return [...plain.matchAll(/<dependency>([\s\S]*?)<\/dependency>/g)].flatMap((match): readonly Declared[] => {
    const valueOf = (tag: string) => new RegExp(`<${tag}>\\s*([^<\\s]+)\\s*</${tag}>`).exec(match[1] ?? "")?.[1];
    const [group, name, version] = [valueOf("groupId"), valueOf("artifactId"), valueOf("version")];
    if (group === undefined || name === undefined) return [];
    return [{ name: `${group}:${name}`, wanted: textOrNull(version), line: lineAt(plain, match.index) }];
  });
}

function ofGradle(text: string): readonly Declared[] {
  return [...text.matchAll(gradle)].map((match) => ({
    name: match[1] ?? "",
    wanted: textOrNull(match[2]),
    line: lineAt(text, match.index + match[0].length),
  }));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
