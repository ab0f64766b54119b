const prefixes = {
  User: "U",
  Organization: "O",
  Bot: "BOT",
  App: "A",
  Installation: "INS",
  Repository: "R",
  Ref: "REF",
  Commit: "C",
  Tree: "T",
  Blob: "B",
  Tag: "TA",
  Issue: "I",
  IssueComment: "IC",
  PullRequest: "PR",
  PullRequestReview: "PRR",
  PullRequestReviewComment: "PRRC",
  PullRequestReviewThread: "PRRT",
  PullRequestCommit: "PRC",
  CheckRun: "CR",
  CheckSuite: "CS",
  Label: "LA",
  Milestone: "MI",
  Reaction: "REA",
  Status: "SC",
  CommitComment: "CC",
  BranchProtectionRule: "BPR",
  Team: "TEAM",
  Release: "RE",
  IssueEvent: "E",
} as const;

/** GraphQL type names of the objects that have a global id. */
export type NodeKind = keyof typeof prefixes;

/** The global id of an object, opaque to clients: a prefix by kind as on GitHub, then kind and id. */
export function nodeId(kind: NodeKind, id: number | string): string {
  return `${prefixes[kind]}_${Buffer.from(`${kind}:${id}`).toString("base64url")}`;
}

/** Reads a global id back; `null` when it is none of ours. */
export function parseNodeId(text: string): { kind: NodeKind; id: string } | null {
  const encoded = /^[A-Z_]+?_([\w-]+)$/.exec(text)?.[1];
  const [kind, id] = Buffer.from(encoded ?? "", "base64url")
    .toString()
    .split(/:(.*)/s);
  return kind !== undefined && id && isKind(kind) && nodeId(kind, id) === text ? { kind, id } : null;
}

function isKind(text: string): text is NodeKind {
  return Object.hasOwn(prefixes, text);
}
