/** Issues and what hangs on them. Every pull has an issue row with the same number: title, body, state, labels and comments live there. */
export const reactionContents = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;
export type ReactionContent = (typeof reactionContents)[number];

export type StateReason = "completed" | "not_planned" | "duplicate" | "reopened";

export type Issue = {
  id: number;
  repoId: number;
  number: number;
  /** true when a pull with the same number exists */
  isPull: boolean;
  title: string;
  body: string | null;
  userId: number;
  /** the app through which it was created, null for people */
  appId: number | null;
  state: "open" | "closed";
  stateReason: StateReason | null;
  labelIds: number[];
  assigneeIds: number[];
  locked: boolean;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  closedById: number | null;
};

export type IssueComment = {
  id: number;
  repoId: number;
  issueId: number;
  userId: number;
  appId: number | null;
  body: string;
  /** the reason given when it was hidden, null when visible */
  minimizedReason: string | null;
  createdAt: string;
  updatedAt: string;
};

export type Label = {
  id: number;
  repoId: number;
  name: string;
  color: string;
  description: string | null;
  isDefault: boolean;
};

export type ReactionSubject = "issue" | "issueComment" | "reviewComment";

export type Reaction = {
  id: number;
  subject: ReactionSubject;
  subjectId: number;
  userId: number;
  content: ReactionContent;
  createdAt: string;
};

export type IssuesState = {
  issues: Issue[];
  issueComments: IssueComment[];
  labels: Label[];
  reactions: Reaction[];
  /** last number given to an issue or pull, by repository id; numbers are never reused */
  lastNumbers: Record<string, number>;
};

export function emptyIssues(): IssuesState {
  return { issues: [], issueComments: [], labels: [], reactions: [], lastNumbers: {} };
}
