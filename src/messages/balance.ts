// What is open at the end of a piece of Markdown: a fenced block or a `<details>`. Text that is cut, or that somebody else wrote, must not leave
// one open, or the rest of our message disappears in it.

interface Open {
  /** The fence that would close the block, or null outside of one. */
  readonly fence: string | null;
  /** How many `<details>` are open. */
  readonly details: number;
}

const nothing: Open = { fence: null, details: 0 };

/**
 * The text with a fence at its end when it leaves a block open. A fence that does not stand at the beginning of its line is broken: where it
 * ends would depend on the list or quote around it.
 */
export function balanced(text: string): string {
  const lines: string[] = [];
  let open = nothing;
  for (const line of text.split("\n")) {
    const written = open.fence === null ? line.replace(/^([\s>*+\-\d.)]+)(?=`{3}|~{3})/, "$1\u200B") : line;
    lines.push(written);
    open = afterLine(open, written);
  }
  return open.fence === null ? lines.join("\n") : [...lines, open.fence].join("\n");
}

/** Cuts the middle out of a long text and says so. Blocks that the cut leaves open are closed, and opened again where they go on. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const note = "\n\n… (shortened) …\n\n";
  const room = Math.floor((limit - note.length - reserve(limit)) / 2);
  const head = text.slice(0, Math.max(0, room)).toWellFormed().replaceAll("\uFFFD", "");
  const from = text.length - Math.max(0, room);
  const tail = text.slice(from).toWellFormed().replaceAll("\uFFFD", "");
  const before = openAtEnd(head);
  const after = openAtEnd(text.slice(0, from));
  const close =
    (before.fence === null ? "" : `\n${before.fence}`) +
    "\n\n</details>".repeat(Math.max(0, before.details - after.details));
  const reopen =
    "<details><summary>…</summary>\n\n".repeat(Math.max(0, after.details - before.details)) +
    (after.fence === null ? "" : `${after.fence}\n`);
  return head + close + note + reopen + tail;
}

/** Room for what closes and opens blocks; short texts, such as titles, have none. */
function reserve(limit: number): number {
  return limit > 2_000 ? 500 : 0;
}

function openAtEnd(text: string): Open {
  return text.split("\n").reduce<Open>(afterLine, nothing);
}

/** @see https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
function afterLine(open: Open, line: string): Open {
  const [, indent = "", run = "", info = ""] = /^( {0,3})(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (open.fence !== null) {
    const closes = run.startsWith(open.fence) && info.trim() === "";
    return closes ? { ...open, fence: null } : open;
  }
  if (run !== "" && indent === "" && !(run.startsWith("`") && info.includes("`"))) return { ...open, fence: run };
  if (!line.includes("<")) return open;
  const opened = line.match(/<details>/g)?.length ?? 0;
  const closed = line.match(/<\/details>/g)?.length ?? 0;
  return opened === closed ? open : { ...open, details: Math.max(0, open.details + opened - closed) };
}
