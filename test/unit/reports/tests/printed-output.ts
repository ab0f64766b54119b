import { readFileSync } from "node:fs";

/** What a runner really printed or wrote, run in `/workspace`. */
export function printed(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
}
