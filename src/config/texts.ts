/** The kinds of text that `.codegen.yml` is made of. */
import { z } from "zod";

export const line = z.string().trim().min(1).max(500);
export const paragraph = z.string().trim().min(1).max(8_000);
export const glob = z.string().trim().min(1).max(200);
export const label = z.string().trim().min(1).max(50);
