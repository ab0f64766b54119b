/** The parts of GitHub's API answers that the pages show. */
export interface UserShape {
  login: string;
  type: string;
  html_url: string;
}

export interface RepositoryShape {
  name: string;
  full_name: string;
  private: boolean;
  fork: boolean;
  archived: boolean;
  owner: UserShape;
  description: string | null;
  default_branch: string;
  html_url: string;
  clone_url: string;
  allow_merge_commit?: boolean;
  allow_squash_merge?: boolean;
  allow_rebase_merge?: boolean;
  allow_auto_merge?: boolean;
  permissions?: { pull: boolean; triage?: boolean; push: boolean; maintain?: boolean; admin: boolean };
}

export interface LabelShape {
  name: string;
  color: string;
  description: string | null;
}

export type Reactions = Record<string, number | string>;

export interface CommentShape {
  id: number;
  user: UserShape;
  body: string;
  created_at: string;
  updated_at: string;
  html_url: string;
  author_association: string;
  reactions?: Reactions;
}

export interface IssueShape extends Omit<CommentShape, "body"> {
  number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  state_reason?: string | null;
  labels: LabelShape[];
  assignees: UserShape[];
  comments: number;
  closed_at: string | null;
  closed_by?: UserShape | null;
  draft?: boolean;
  pull_request?: { merged_at: string | null };
}

interface End {
  label: string;
  ref: string;
  sha: string;
}

export interface PullShape extends Omit<IssueShape, "pull_request" | "reactions"> {
  node_id: string;
  draft: boolean;
  merged: boolean;
  merged_at: string | null;
  merged_by: UserShape | null;
  mergeable: boolean | null;
  mergeable_state: string;
  merge_commit_sha: string | null;
  auto_merge: { merge_method: string; enabled_by: UserShape } | null;
  requested_reviewers: UserShape[];
  head: End;
  base: End;
  commits: number;
  changed_files: number;
  additions: number;
  deletions: number;
}

export interface ReviewShape {
  id: number;
  user: UserShape;
  body: string;
  state: string;
  submitted_at?: string;
}

export interface LineCommentShape extends CommentShape {
  pull_request_review_id: number | null;
  path: string;
  diff_hunk: string;
  line: number | null;
  original_line: number | null;
  start_line: number | null;
  subject_type: "line" | "file";
  side: "LEFT" | "RIGHT";
  in_reply_to_id?: number;
}

export interface FileShape {
  filename: string;
  previous_filename?: string;
  status: string;
  additions: number;
  deletions: number;
  patch?: string;
}

export interface CommitShape {
  sha: string;
  commit: { message: string; author: { name: string; date: string }; verification?: { verified: boolean } };
  author: UserShape | null;
  parents: { sha: string }[];
  files?: FileShape[];
}

export interface CheckRunShape {
  id: number;
  name: string;
  head_sha: string;
  status: string;
  conclusion: string | null;
  started_at: string | null;
  completed_at: string | null;
  details_url: string | null;
  output: { title: string | null; summary: string | null; text: string | null; annotations_count: number };
  app: { slug: string; name: string } | null;
}

export interface AnnotationShape {
  path: string;
  start_line: number;
  end_line: number;
  annotation_level: string;
  title: string | null;
  message: string;
  raw_details: string | null;
}

export interface StatusShape {
  context: string;
  state: string;
  description: string | null;
  target_url: string | null;
}

export interface EventShape {
  id: number;
  event: string;
  created_at: string;
  actor: UserShape | null;
  label?: { name: string; color: string };
  assignee?: UserShape | null;
  rename?: { from: string; to: string };
  commit_id?: string | null;
}

export interface EntryShape {
  name: string;
  path: string;
  type: "file" | "dir" | "symlink" | "submodule";
  size: number;
}
