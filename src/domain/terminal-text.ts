// Terminal sequences (ECMA-48): control sequences, strings with their end, two-character escapes. Each stops at the next escape, so that
// no text makes them slow.
const control = String.raw`(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]`;
const string = String.raw`\u001B\][^\u0007\u001B\n]*(?:\u0007|\u001B\\)?`;
const sequences = new RegExp(String.raw`${control}|${string}|\u001B[@-Z\\-_]`, "g");
const unseen = /(?![\n\t\r])\p{Cc}|[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u{FFF0}-\u{FFFB}]/gu;

/**
 * What a terminal would show of a program's output, line by line: without colours, control and invisible characters, and of a line that was
 * written over only the last state. Of more than `most` characters (200,000) the end counts; lines are cut at `longest` (400). Linear in the
 * length.
 */
export function terminalLines(output: string, limits: { most?: number; longest?: number } = {}): readonly string[] {
  const { most = 200_000, longest = 400 } = limits;
  return output
    .slice(-most)
    .toWellFormed()
    .replaceAll(sequences, "")
    .replaceAll(unseen, "")
    .split(/\r?\n/)
    .map((line) => shown(line.trimEnd(), longest));
}

function shown(line: string, longest: number): string {
  const last = line.slice(line.lastIndexOf("\r") + 1);
  return last.length > longest ? `${last.slice(0, longest).toWellFormed().trimEnd()}…` : last;
}
