import type { TreeEntry } from "../git/bare-repository.ts";
import type { GitHub } from "../state/github.ts";
import { fullName, type Repository } from "../state/repositories.ts";

/** The kinds of things a path can be, as the contents API names them. */
export function kindOf(entry: TreeEntry): "dir" | "file" | "symlink" | "submodule" {
  if (entry.type === "tree") return "dir";
  if (entry.type === "commit") return "submodule";
  return entry.mode === "120000" ? "symlink" : "file";
}

/** What the contents API tells of any entry; a file's answer adds its content. `ref` is the branch, tag or sha that was asked for. */
export function serializeEntry(github: GitHub, repository: Repository, ref: string, entry: TreeEntry) {
  const name = fullName(github.state, repository);
  const api = `${github.apiUrl}/repos/${name}`;
  const page = `${github.url}/${name}`;
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const kind = kindOf(entry);
  const isTree = kind === "dir";
  const url = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = kind === "submodule" ? null : `${api}/git/${isTree ? "trees" : "blobs"}/${entry.sha}`;
  const html = kind === "submodule" ? null : `${page}/${isTree ? "tree" : "blob"}/${ref}/${path}`;
  return {
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: html,
    git_url: git,
    download_url: isTree || kind === "submodule" ? null : `${page}/raw/${ref}/${path}`,
    type: kind,
    _links: { self: url, git, html },
  };
}
