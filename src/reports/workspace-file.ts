import { posix } from "node:path";

const root = "/workspace";
const longest = 1000;

/**
 * The path of a file in the workspace, relative to its top, for what a tool printed: absolute below `/workspace`, or relative to `from` (a
 * folder, itself printed so). Null for what lies outside, is no file, or is written so that nobody could have meant it.
 */
export function workspaceFile(printed: string, from = "."): string | null {
  if (printed.length > longest || from.length > longest || /[\p{Cc}\p{Zl}\p{Zp}\\]/u.test(printed)) return null;
  const plain = printed.trim().replace(/^file:\/\//, "");
  if (/^\w+:/.test(plain) || plain.endsWith("/")) return null;
  const path = posix.relative(root, posix.resolve(root, from, plain));
  return path === "" || path === ".." || path.startsWith("../") ? null : path;
}
