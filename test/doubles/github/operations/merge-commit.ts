import type { Actor } from "../auth.ts";
import type { GitCommit } from "../git/commits.ts";
import { requireAccount } from "../rest/access.ts";
import { HttpProblem } from "../rest/problem.ts";
import { gitPersonOf } from "../serialize/account.ts";
import { accountById } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { issueById } from "../state/issues.ts";
import type { MergeMethod, Pull, TrialMerge } from "../state/pulls.ts";
import { webFlow } from "./acting.ts";
import { pullDiff } from "./pull-diff.ts";

interface Wanted {
  method: MergeMethod;
  commitTitle?: string;
  commitMessage?: string;
}

/** Makes the commit (for a rebase, the commits) that a merge puts on the base branch; moves no ref. Gives the new tip. */
export async function makeMergeCommit(
  github: GitHub,
  actor: Actor,
  pull: Pull,
  trial: TrialMerge,
  wanted: Wanted,
): Promise<string> {
  const git = github.git({ id: pull.repoId });
  const { commits } = await pullDiff(github, pull);
  if (wanted.method === "rebase") return replay(github, actor, pull, trial.baseSha, commits);
  const merged = trial.commit === null ? null : await git.readCommit(trial.commit);
  if (!merged) throw new HttpProblem(405, "Pull Request is not mergeable");
  const isSquash = wanted.method === "squash";
  const author = isSquash
    ? accountById(github.state, issueById(github.state, pull.issueId).userId)
    : requireAccount(github, actor);
  return git.createCommit({
    tree: merged.tree,
    parents: isSquash ? [trial.baseSha] : [trial.baseSha, trial.headSha],
    message: messageFor(github, pull, wanted, commits),
    author: gitPersonOf(github, author),
    committer: webFlow(github),
  });
}

function messageFor(github: GitHub, pull: Pull, wanted: Wanted, commits: GitCommit[]): string {
  const { title } = issueById(github.state, pull.issueId);
  const [only] = commits;
  const alone = commits.length === 1 && only ? only.message : null;
  const [subject, body] =
    wanted.method === "merge"
      ? [`Merge pull request #${pull.number} from ${pull.head.ownerLogin}/${pull.head.ref}`, title]
      : alone !== null
        ? [`${alone.split("\n")[0] ?? title} (#${pull.number})`, alone.split("\n").slice(1).join("\n").trim()]
        : [`${title} (#${pull.number})`, commits.map((commit) => `* ${commit.message}`).join("\n\n")];
  const text = wanted.commitMessage ?? body;
  const head = wanted.commitTitle || subject;
  return text === "" ? head : `${head}\n\n${text}`;
}

/** Puts each commit on top of `base` by a three-way merge against its own parent. Merge commits are left out, as on GitHub. */
async function replay(github: GitHub, actor: Actor, pull: Pull, base: string, commits: GitCommit[]): Promise<string> {
  const git = github.git({ id: pull.repoId });
  const committer = gitPersonOf(github, requireAccount(github, actor));
  let tip = base;
  for (const commit of commits) {
    const [parent, second] = commit.parents;
    if (parent === undefined || second !== undefined) continue;
    const [before, onto] = await Promise.all([git.readCommit(parent), git.readCommit(tip)]);
    if (!before || !onto) throw new HttpProblem(405, "This branch can't be rebased");
    // git 2.39's merge-tree takes no merge base: two throw-away commits with a common parent give it one.
    const throwAway = (tree: string, parents: string[]) =>
      git.createCommit({ tree, parents, message: "replay", author: committer, committer });
    const root = await throwAway(before.tree, []);
    const [ours, theirs] = await Promise.all([throwAway(onto.tree, [root]), throwAway(commit.tree, [root])]);
    const merged = await git.mergeTree(ours, theirs);
    if (!merged.clean) throw new HttpProblem(405, "This branch can't be rebased");
    const { message, author } = commit;
    tip = await git.createCommit({ tree: merged.tree, parents: [tip], message, author, committer });
  }
  return tip;
}
