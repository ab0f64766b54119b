import { workspaceFile } from "../workspace-file.ts";

export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A path begins a word, or stands in brackets or quotes, so that each word is tried once. */
const place = /(?<![^\s('"[])((?:file:\/\/)?[^\s()'"[\]:]+\.\w{1,6})(?::|", line )(\d{1,7})\b/g;
/** Languages that write a file's name without its folder. */
const bare = /^[^/]+\.(?:java|kt|kts|scala|groovy|go|cs|swift)$/;
const foreign = /(?:^|\/)(?:node_modules|site-packages|dist-packages|\.venv|vendor)\//;

/**
 * The first place that lines of a stack name inside of the workspace, in nobody else's code.
 * @param file only places in it count, when given
 */
export function placeIn(lines: readonly string[], file: string | null): Place | null {
  for (const line of lines)
    for (const [, path = "", digits = ""] of line.matchAll(place)) {
      const found = workspaceFile(path);
      if (found === null || foreign.test(found) || (file === null ? bare.test(found) : found !== file)) continue;
      return { file: found, line: Number(digits) };
    }
  return null;
}
