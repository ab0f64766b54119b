import type { CodeFinding, FindingSeverity } from "../finding.ts";
import type { LeftOut } from "./choose-files.ts";
import type { PullReview } from "./review-pull.ts";

const levels: Readonly<Record<FindingSeverity, string>> = { error: "error", warning: "warning", notice: "note" };

/**
 * A review as a log of SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0): what is new as results with places, fingerprints and fixes, what
 * comments tell to look away from as suppressed results, and what was left out as notifications.
 * @param compared whether there was a base, so that results are new and not only there
 */
export function toSarif(review: PullReview, compared: boolean): unknown {
  const { findings, ignored, leftOut, stopped } = review;
  const all = [...findings, ...ignored.map(({ finding }) => finding)];
  const rules = [...new Map(all.map((finding) => [finding.rule, finding]))].toSorted(([one], [other]) =>
    one.localeCompare(other),
  );
  const numbers = new Map(rules.map(([id], number) => [id, number]));
  const result = (finding: CodeFinding) => ({
    ...resultOf(finding, numbers.get(finding.rule) ?? -1),
    ...(compared ? { baselineState: "new" } : {}),
  });
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "codegen", rules: rules.map(([id, finding]) => ruleOf(id, finding)) } },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [
              ...leftOut.map(notificationOf),
              ...stopped.map(({ path, rule, reason }) => notificationOf({ path, reason: `${rule}: ${reason}` })),
            ],
          },
        ],
        results: [
          ...findings.map(result),
          ...ignored.map(({ finding, reason }) => ({
            ...result(finding),
            suppressions: [{ kind: "inSource", justification: reason }],
          })),
        ],
      },
    ],
  };
}

function ruleOf(id: string, { severity, cwe }: CodeFinding) {
  return {
    id,
    defaultConfiguration: { level: levels[severity] },
    ...(cwe === undefined ? {} : { properties: { tags: [`external/cwe/cwe-${cwe}`] } }),
  };
}

function resultOf(finding: CodeFinding, ruleIndex: number) {
  const { rule, severity, message, path, startLine, endLine, startColumn, endColumn, fingerprint, fix } = finding;
  const columns = startColumn === undefined || endColumn === undefined ? {} : { startColumn, endColumn };
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: artifact(path), region: { startLine, endLine, ...columns } } }],
    partialFingerprints: { "codegen/v1": fingerprint },
    ...(fix === undefined
      ? {}
      : { fixes: [{ artifactChanges: [{ artifactLocation: artifact(path), replacements: [replacementOf(fix)] }] }] }),
  };
}

function replacementOf({ startLine, endLine, lines }: NonNullable<CodeFinding["fix"]>) {
  return { deletedRegion: { startLine, endLine }, insertedContent: { text: lines.join("\n") } };
}

function notificationOf({ path, reason }: Pick<LeftOut, "path" | "reason">) {
  return {
    level: "note",
    message: { text: reason },
    locations: [{ physicalLocation: { artifactLocation: artifact(path) } }],
  };
}

/** A path from the top of the repository as a relative reference. */
function artifact(path: string) {
  return { uri: path.split("/").map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}
