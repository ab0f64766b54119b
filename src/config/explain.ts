import type { YAMLError } from "yaml";
import type { z } from "zod";

/** Zod's words for programmers, in words for whoever writes the file. Messages of our own schema stay as they are. */
export function explain(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") {
    if (issue.expected === "boolean") return "must be true or false";
    const kinds: Record<string, string> = {
      int: "a whole number",
      number: "a number",
      string: "text",
      array: "a list",
      object: "a mapping of keys",
    };
    return `must be ${kinds[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === "invalid_key") return issue.issues[0]?.message;
  if (issue.code === "invalid_value")
    return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
  if (issue.code === "too_small" || issue.code === "too_big") {
    const small = issue.code === "too_small";
    const amount = String(small ? issue.minimum : issue.maximum);
    const units: Record<string, string> = { string: " characters", array: " entries" };
    const unit = units[issue.origin] ?? "";
    const more = issue.inclusive === false ? "more than" : "at least";
    return small ? `must be ${more} ${amount}${unit}` : `must be at most ${amount}${unit}`;
  }
  return undefined;
}

/** The parser's words for programmers, likewise. */
export function explainSyntax(error: YAMLError): string {
  if (error.code === "MULTIPLE_DOCS") return "The file holds a second document after `---`; write everything into one.";
  return `This is not valid YAML: ${error.message.replaceAll(/\s+/g, " ").replace(/[.:]?$/, ".")}`;
}

/** Problems that say nothing beside another one: zod's own bound of whole numbers, and what a whole lacks when a part of it is wrong. */
export function withoutEchoes(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues.filter((issue) => {
    const ofZod = (issue.code === "too_big" || issue.code === "too_small") && "note" in issue;
    if (!ofZod && issue.code !== "custom") return true;
    const others = issues.filter((other) => other !== issue && other.code !== "custom");
    return !others.some((other) => issue.path.every((part, index) => part === other.path[index]));
  });
}
