import type { BareRepository } from "../git/bare-repository.ts";

/** The commit that a `ref` parameter means, as GitHub reads it: branch, then tag, then (partial) full ref, then sha; `null` when unknown. */
export async function resolveRevision(git: BareRepository, text: string): Promise<string | null> {
  const names = [`refs/heads/${text}`, `refs/tags/${text}`, `refs/${text}`];
  if (text === "HEAD" || text.startsWith("refs/") || /^[\da-f]{4,40}$/i.test(text)) names.push(text);
  for (const name of names) {
    const found = await git.resolve(name);
    if (found !== null) return found;
  }
  return null;
}
