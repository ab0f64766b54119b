/** Why the application that a validation starts did not become ready, in words. */

/** What was waited for, and what the last look showed: null where only the log is watched. */
export interface WaitText {
  readonly sign:
    | { readonly by: "http"; readonly path: string; readonly port: number }
    | { readonly by: "port"; readonly port: number }
    | { readonly by: "log"; readonly text: string; readonly isPattern: boolean };
  readonly seen: { readonly end: string; readonly status?: number } | null;
}

/** Part of a sentence. The file of the base branch wrote what stands in it. */
export function whyNotReady({ sign, seen }: WaitText): string {
  if (sign.by === "log")
    return `its log never showed ${sign.isPattern ? `a match of /${sign.text}/` : `“${sign.text}”`}`;
  if (seen?.end === "answered") return `${sign.by === "http" ? sign.path : "it"} answered ${seen.status}`;
  if (seen?.end === "silent") return `port ${sign.port} took connections, but no answer came`;
  if (seen?.end === "not-http") return `port ${sign.port} did not answer in HTTP`;
  return `nothing took connections on port ${sign.port}`;
}
