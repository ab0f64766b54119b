import { toSha, type RepoRef, type Sha } from "../domain/ids.ts";
import { roles, type Role } from "../domain/permission.ts";
import { decodeUtf8 } from "../domain/utf8.ts";
import { UserError } from "../errors.ts";
import { notUtf8 } from "../messages/config-problems.ts";
import type { GitHubApp } from "./client.ts";
import { isNotFound, statusOf } from "./failures.ts";

export interface Repository {
  readonly defaultBranch: string;
  readonly archived: boolean;
  readonly fullName: string;
}

/** Null when the repository is gone or no longer ours to see. */
export async function getRepository(app: GitHubApp, repo: RepoRef): Promise<Repository | null> {
  const api = app.in(repo, { metadata: "read", contents: "read" });
  try {
    const { data } = await api.read("GET /repos/{owner}/{repo}", api.at);
    return { defaultBranch: data.default_branch, archived: data.archived, fullName: data.full_name };
  } catch (error) {
    // 401 and 404 come from the installation itself when it was removed, 422 when the repository was taken out of it.
    if (isNotFound(error) || statusOf(error) === 401 || statusOf(error) === 422) return null;
    throw error;
  }
}

/** The commit at a branch's tip, or null when there is no such branch. */
export async function getBranchHead(app: GitHubApp, repo: RepoRef, branch: string): Promise<Sha | null> {
  const api = app.in(repo, { contents: "read" });
  try {
    const { data } = await api.read("GET /repos/{owner}/{repo}/git/ref/{ref}", { ...api.at, ref: `heads/${branch}` });
    return toSha(data.object.sha);
  } catch (error) {
    if (isNotFound(error) || statusOf(error) === 409) return null;
    throw error;
  }
}

/** The person's role right now, asked from GitHub; `none` for strangers. `author_association` decides nothing. */
export async function getRole(app: GitHubApp, repo: RepoRef, login: string): Promise<Role> {
  const api = app.in(repo, { metadata: "read" });
  try {
    const { data } = await api.read("GET /repos/{owner}/{repo}/collaborators/{username}/permission", {
      ...api.at,
      username: login,
    });
    const name = data.role_name;
    const found = roles.find((role) => role === name);
    if (found) return found;
    // A custom role of an organisation: its legacy permission is what it can do at least.
    return roles.find((role) => role === data.permission) ?? "none";
  } catch (error) {
    if (isNotFound(error)) return "none";
    throw error;
  }
}

/** A file's text at a commit, or null when there is none. A UserError when it is too large, or not UTF-8. */
export async function readTextFile(app: GitHubApp, repo: RepoRef, path: string, at: Sha): Promise<string | null> {
  const bytes = await readFile(app, repo, path, at);
  const text = bytes && decodeUtf8(bytes);
  if (text === null || typeof text === "string") return text;
  throw new UserError(`Line ${text.line} of \`${path}\`: ${notUtf8(text)}`);
}

/** A file's bytes at a commit, or null when there is none. A UserError when it has more than 1 MB, GitHub's limit for this route. */
export async function readFile(app: GitHubApp, repo: RepoRef, path: string, at: Sha): Promise<Buffer | null> {
  const api = app.in(repo, { contents: "read" });
  try {
    const { data } = await api.read("GET /repos/{owner}/{repo}/contents/{path}", { ...api.at, path, ref: at });
    if (Array.isArray(data) || data.type !== "file" || !("content" in data)) return null;
    // What is over the limit comes without its content.
    if (data.encoding !== "base64")
      throw new UserError(`\`${path}\` is larger than the 1 MB that GitHub hands out. Make it smaller.`);
    return Buffer.from(data.content, "base64");
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
