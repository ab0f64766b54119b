/** The kinds of text that `.codegen.yml` is made of. */
import { z } from "zod";

export const line = z.string().trim().min(1).max(500);
export const paragraph = z.string().trim().min(1).max(8_000);
export const glob = z.string().trim().min(1).max(200);
export const label = z.string().trim().min(1).max(50);
/** As git writes paths: relative to the root, without slashes at its ends. */
export const pathOfTree = z
  .string()
  .max(500)
  .regex(
    /^(?!\.{1,2}(?:\/|$))[^/\p{Cc}]+(?:\/(?!\.{1,2}(?:\/|$))[^/\p{Cc}]+)*$/u,
    'must be a path from the root of the repository, such as vendor/library, without "." and ".."',
  );
