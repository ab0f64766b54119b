import { fullName, type Repository } from "../../state/repositories.ts";
import type { GitCommit, GitPerson } from "../../git/bare-repository.ts";
import { EMPTY_TREE } from "../../git/bare-repository.ts";
import { connection } from "../connection.ts";
import type { Arguments, Context, GraphqlObject } from "../context.ts";

/** Most commits that `history` looks back. */
const HISTORY = 1000;

/** `Commit`; null when the repository does not have it. */
export async function commitObject(
  context: Context,
  repository: Repository,
  sha: string,
): Promise<GraphqlObject | null> {
  const commit = await context.github.git(repository).readCommit(sha);
  return commit && describeCommit(context, repository, commit);
}

function describeCommit(context: Context, repository: Repository, commit: GitCommit): GraphqlObject {
  const { github, make } = context;
  const git = github.git(repository);
  const path = `/${fullName(github.state, repository)}/commit/${commit.sha}`;
  const [messageHeadline = "", ...rest] = commit.message.split("\n");
  const changes = async (): Promise<{ additions: number; deletions: number }[]> =>
    await git.diffFiles(commit.parents[0] ?? EMPTY_TREE, commit.sha);
  const sum = async (key: "additions" | "deletions"): Promise<number> =>
    (await changes()).reduce((total, file) => total + file[key], 0);
  return {
    __typename: "Commit",
    id: github.nodeId("Commit", `${repository.id}:${commit.sha}`),
    oid: commit.sha,
    abbreviatedOid: commit.sha.slice(0, 7),
    message: commit.message,
    messageHeadline,
    messageBody: rest.join("\n").trim(),
    url: github.url + path,
    commitUrl: github.url + path,
    resourcePath: path,
    commitResourcePath: path,
    author: () => gitActor(context, commit.author),
    committer: () => gitActor(context, commit.committer),
    authors: (args: Arguments) => connection("authors", [commit.author], args, (person) => gitActor(context, person)),
    authoredDate: commit.author.date,
    committedDate: commit.committer.date,
    committedViaWeb: isWebFlow(commit),
    authoredByCommitter: commit.author.email === commit.committer.email,
    signature: () => (isWebFlow(commit) ? webFlowSignature(context, commit) : null),
    additions: () => sum("additions"),
    deletions: () => sum("deletions"),
    changedFiles: async () => (await changes()).length,
    changedFilesIfAvailable: async () => (await changes()).length,
    parents: (args: Arguments) => connection("parents", commit.parents, args, (sha) => make.commit(repository, sha)),
    tree: () => make.gitObject(repository, commit.tree),
    file: async (args: Arguments) => {
      const entry = await git.readPath(commit.sha, String(args.path));
      if (entry === null) return null;
      const { path: whole, mode, type, sha, size } = entry;
      const object = (): Promise<GraphqlObject | null> => make.gitObject(repository, sha);
      return {
        path: whole,
        name: whole.split("/").at(-1),
        mode: Number.parseInt(mode, 8),
        type,
        oid: sha,
        size: size ?? 0,
        object,
      };
    },
    history: async (args: Arguments) => {
      const below = typeof args.path === "string" ? { path: args.path } : {};
      const past = await git.log(commit.sha, { limit: HISTORY, ...below });
      return connection("history", past, args, (one) => describeCommit(context, repository, one));
    },
    repository: () => make.repository(repository),
    statusCheckRollup: () => make.statusCheckRollup(repository, commit.sha),
    checkSuites: (args: Arguments) => {
      const suites = github.state.checkSuites.filter(
        (one) => one.repoId === repository.id && one.headSha === commit.sha,
      );
      return connection("checkSuites", suites, args, make.checkSuite);
    },
    associatedPullRequests: async (args: Arguments) => {
      const found = [];
      for (const pull of github.state.pulls.filter((one) => one.repoId === repository.id)) {
        const own = await git.commitsBetween(pull.base.sha, pull.head.sha);
        if (pull.mergedSha === commit.sha || own.some((one) => one.sha === commit.sha)) found.push(pull);
      }
      return connection("associatedPullRequests", found, args, make.pull);
    },
  };
}

/** Commits made by GitHub itself (API of an app, merge button) have GitHub as their committer and are signed by it. */
function isWebFlow(commit: GitCommit): boolean {
  return commit.committer.name === "GitHub" && commit.committer.email === "noreply@github.com";
}

function webFlowSignature(context: Context, commit: GitCommit): GraphqlObject {
  return {
    __typename: "GpgSignature",
    email: commit.committer.email,
    isValid: true,
    state: "VALID",
    wasSignedByGitHub: true,
    keyId: "B5690EEEBB952194",
    payload: "",
    signature: "",
    signer: null,
  };
}

function gitActor({ github, make }: Context, person: GitPerson): Record<string, unknown> {
  return {
    name: person.name,
    email: person.email,
    date: person.date,
    avatarUrl: `${github.url}/avatars/0`,
    user: () => {
      const id = /^(\d+)\+.*@users\.noreply\.github\.com$/.exec(person.email)?.[1];
      const account = github.state.accounts.find((one) => one.email === person.email || String(one.id) === id);
      return account?.type === "User" ? make.account(account) : null;
    },
  };
}
