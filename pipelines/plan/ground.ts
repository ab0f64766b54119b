/** What a plan names, held against the commit that it was made for: a name that is not there is said, never linked. Pure. */
import type { ProposedPlan } from "../../src/agents/port.ts";
import { findSymbol } from "./find-symbol.ts";

export interface GroundedFile {
  /** As the commit has it. */
  readonly path: string;
  readonly is: "file" | "folder" | "new";
  readonly symbols: readonly GroundedSymbol[];
}

export interface GroundedSymbol {
  readonly name: string;
  /** From 1; null where it is not in the file, and where nobody looked. */
  readonly line: number | null;
  /** Why nobody looked; absent when somebody did. */
  readonly unread?: "new" | "folder" | "large" | "no text";
}

/** One entry for each of the plan's files, in its order. Kept with the plan, so that its hash covers what people saw. */
export interface GroundedPlan extends ProposedPlan {
  readonly grounding?: readonly GroundedFile[];
}

/** A file of the commit, or a folder in it. `text` is null for what holds none; absent where it is too large to look into. */
export type Found = { readonly is: "file"; readonly text?: string | null } | { readonly is: "folder" };

/** @param find what the commit has at a path (as `treePath` writes it), or undefined */
export function ground(plan: ProposedPlan, find: (path: string) => Found | undefined): GroundedPlan {
  const grounding = plan.files.map(({ path, symbols = [] }): GroundedFile => {
    const at = treePath(path);
    const found = find(at);
    const names = [...new Set(symbols)];
    return { path: at, is: found?.is ?? "new", symbols: names.map((name) => place(name, found)) };
  });
  return { ...plan, grounding };
}

/** A path as git writes it. */
export function treePath(path: string): string {
  const parts = path.replaceAll("\\", "/").split("/");
  return parts.filter((part) => part !== "" && part !== ".").join("/");
}

function place(name: string, found: Found | undefined): GroundedSymbol {
  if (found === undefined) return { name, line: null, unread: "new" };
  if (found.is === "folder") return { name, line: null, unread: "folder" };
  if (found.text === undefined) return { name, line: null, unread: "large" };
  if (found.text === null) return { name, line: null, unread: "no text" };
  return { name, line: findSymbol(found.text, name) };
}
