import type { TreeEntry } from "../../git/bare-repository.ts";
import { fullName, type Repository } from "../../state/repositories.ts";
import { connection } from "../connection.ts";
import type { Arguments, Context, GraphqlObject } from "../context.ts";

/** GitHub hands out no more text of a blob than this, in bytes. */
const LARGEST_TEXT = 512_000;

/** `Ref` by its full name; null when there is none. */
export async function refObject(context: Context, repository: Repository, name: string): Promise<GraphqlObject | null> {
  const { github, make } = context;
  const sha = await github.git(repository).readRef(name);
  if (sha === null) return null;
  const prefix = /^refs\/[^/]+\//.exec(name)?.[0] ?? "refs/";
  const short = name.slice(prefix.length);
  return {
    __typename: "Ref",
    id: github.nodeId("Ref", `${repository.id}:${name}`),
    name: short,
    prefix,
    target: () => make.gitObject(repository, sha),
    repository: () => make.repository(repository),
    associatedPullRequests: (args: Arguments) => {
      const from = github.state.pulls.filter((one) => one.head.repoId === repository.id && one.head.ref === short);
      return connection("associatedPullRequests", from, args, make.pull);
    },
  };
}

/** `Commit`, `Tree` or `Blob`; null when the repository does not have the object. */
export async function gitObject(context: Context, repository: Repository, sha: string): Promise<GraphqlObject | null> {
  const type = await context.github.git(repository).objectType(sha);
  switch (type) {
    case "commit":
      return context.make.commit(repository, sha);
    case "tree":
      return treeObject(context, repository, sha);
    case "blob":
      return blobObject(context, repository, sha);
    case "tag": {
      const commit = await context.github.git(repository).resolve(sha);
      return commit === null ? null : context.make.commit(repository, commit);
    }
    case null:
    default:
      return null;
  }
}

/** What an expression such as `main:src/a.ts`, `HEAD` or a sha names; null when nothing. */
export async function objectAt(
  context: Context,
  repository: Repository,
  expression: string,
): Promise<GraphqlObject | null> {
  const git = context.github.git(repository);
  const colon = expression.indexOf(":");
  const rev = (colon < 0 ? expression : expression.slice(0, colon)) || "HEAD";
  if (colon >= 0) {
    const entry = await git.readPath(rev, expression.slice(colon + 1));
    return entry && gitObject(context, repository, entry.sha);
  }
  const commit = await git.resolve(rev);
  if (commit !== null) return context.make.commit(repository, commit);
  return /^[0-9a-f]{40}$/.test(rev) ? gitObject(context, repository, rev) : null;
}

async function blobObject(context: Context, repository: Repository, sha: string): Promise<GraphqlObject | null> {
  const content = await context.github.git(repository).readBlob(sha);
  if (content === null) return null;
  const isBinary = content.subarray(0, 8000).includes(0);
  return {
    ...common(context, repository, "Blob", sha),
    byteSize: content.length,
    isBinary,
    isTruncated: content.length > LARGEST_TEXT,
    text: isBinary ? null : content.subarray(0, LARGEST_TEXT).toString("utf8"),
  };
}

function treeObject(context: Context, repository: Repository, sha: string): GraphqlObject {
  return {
    ...common(context, repository, "Tree", sha),
    entries: async () => {
      const entries = await context.github.git(repository).readTree(sha, { recursive: false });
      return (entries ?? []).map((entry) => entryObject(context, repository, entry));
    },
  };
}

function entryObject({ make }: Context, repository: Repository, entry: TreeEntry): Record<string, unknown> {
  const name = entry.path.split("/").at(-1) ?? "";
  const dot = name.lastIndexOf(".");
  return {
    name,
    path: entry.path,
    extension: dot > 0 ? name.slice(dot) : "",
    mode: Number.parseInt(entry.mode, 8),
    type: entry.type,
    oid: entry.sha,
    size: entry.size ?? 0,
    isGenerated: false,
    object: () => (entry.type === "commit" ? null : make.gitObject(repository, entry.sha)),
    repository: () => make.repository(repository),
  };
}

function common({ github, make }: Context, repository: Repository, kind: "Blob" | "Tree", sha: string): GraphqlObject {
  const path = `/${fullName(github.state, repository)}/commit/${sha}`;
  return {
    __typename: kind,
    id: github.nodeId(kind, `${repository.id}:${sha}`),
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    commitUrl: github.url + path,
    commitResourcePath: path,
    repository: () => make.repository(repository),
  };
}
