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

/** What happened to an issue or pull besides words, as `GET …/issues/{n}/events` tells it. */
export type IssueEvent = {
  id: number;
  repoId: number;
  issueId: number;
  event:
    | "labeled"
    | "unlabeled"
    | "assigned"
    | "unassigned"
    | "closed"
    | "reopened"
    | "merged"
    | "renamed"
    | "head_ref_force_pushed";
  actorId: number;
  appId: number | null;
  createdAt: string;
  /** of a merge, and of a push by force the new head */
  commitId: string | null;
  label: { name: string; color: string } | null;
  assigneeId: number | null;
  rename: { from: string; to: string } | null;
  stateReason: StateReason | null;
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
  issueEvents: IssueEvent[];
  labels: Label[];
  reactions: Reaction[];
};

export function emptyIssues(): IssuesState {
  return { issues: [], issueComments: [], issueEvents: [], labels: [], reactions: [] };
}

/** The issue with this id; throws when there is none, since ids inside the state always point at something. */
export function issueById(state: IssuesState, id: number): Issue {
  const found = state.issues.find((issue) => issue.id === id);
  if (!found) throw new Error(`no issue ${id} in the state of the local GitHub`);
  return found;
}

/** The issue (or the issue side of a pull) with this number. */
export function issueByNumber(state: IssuesState, repoId: number, number: number): Issue | null {
  return state.issues.find((issue) => issue.repoId === repoId && issue.number === number) ?? null;
}

/** Comments of an issue, oldest first. */
export function commentsOf(state: IssuesState, issueId: number): IssueComment[] {
  return state.issueComments.filter((comment) => comment.issueId === issueId);
}

/** Labels of an issue in the order in which they were put on. */
export function labelsOf(state: IssuesState, issue: Issue): Label[] {
  return issue.labelIds.flatMap((id) => state.labels.filter((label) => label.id === id));
}

/** The label of this name, upper and lower case alike as on GitHub. */
export function labelByName(state: IssuesState, repoId: number, name: string): Label | null {
  const wanted = name.toLowerCase();
  return state.labels.find((label) => label.repoId === repoId && label.name.toLowerCase() === wanted) ?? null;
}

export function reactionsOn(state: IssuesState, subject: ReactionSubject, subjectId: number): Reaction[] {
  return state.reactions.filter((reaction) => reaction.subject === subject && reaction.subjectId === subjectId);
}
