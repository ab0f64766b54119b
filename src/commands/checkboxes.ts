/** A checkbox of ours: `box` names the command it stands for, `token` is what is agreed to (for a plan, its hash). */
export interface Box {
  readonly box: string;
  readonly token: string;
}

const boxLine = /^\s{0,3}[-*+] \[([ xX])\] [^\n]*?<!-- codegen:box:([a-z][a-z-]{0,31}):([A-Za-z0-9._-]{1,128}) -->/;

/**
 * The boxes that were open before an edit and are ticked after it. A ticked box that was not there before does not
 * count: whoever can edit our comment could write one.
 */
export function newlyTicked(before: string, after: string): readonly Box[] {
  const open = new Set(
    boxes(before)
      .filter((line) => !line.ticked)
      .map(keyOf),
  );
  const ticked = boxes(after).filter((line) => line.ticked && open.delete(keyOf(line)));
  return ticked.map(({ box, token }) => ({ box, token }));
}

function boxes(text: string): readonly (Box & { ticked: boolean })[] {
  return text.split(/\r\n?|\n/).flatMap((line) => {
    const [, mark, box, token] = boxLine.exec(line) ?? [];
    return mark && box && token ? [{ box, token, ticked: mark !== " " }] : [];
  });
}

function keyOf(line: Box): string {
  return `${line.box}:${line.token}`;
}
