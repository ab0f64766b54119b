import Anser from "anser";

/** A piece of a line: its text, and the names of how it looks (`red`, `on-red`, `bold`), with spaces between; empty for plain text. */
export type Piece = readonly [text: string, look: string];

const colours = /\u001B\[[0-9;:]*m/g; // oxlint-disable-line no-control-regex -- what a stored line has of them
/** anser takes time for each of them. */
const mostColours = 100;
const longestShown = 4_000;
const shownDecorations: ReadonlySet<string> = new Set(["bold", "dim", "italic", "underline", "strikethrough"]);

/** The colours that each theme of the page can show well; all others become the nearest of them. */
const palette: readonly (readonly [name: string, red: number, green: number, blue: number])[] = [
  ["black", 0, 0, 0],
  ["red", 187, 0, 0],
  ["green", 0, 187, 0],
  ["yellow", 187, 187, 0],
  ["blue", 0, 0, 187],
  ["magenta", 187, 0, 187],
  ["cyan", 0, 187, 187],
  ["white", 255, 255, 255],
  ["gray", 85, 85, 85],
];

/** A stored line of a log as it is shown: what was written over is gone, colours are words, very long ones are cut. The texts are no HTML. */
export function renderLine(stored: string): readonly Piece[] {
  const line = lastState(stored);
  const coded = line.length > 4 * longestShown ? line.slice(0, 4 * longestShown) : line;
  if (!coded.includes("\u001B")) return cut([[coded, ""]], line.length - coded.length);
  let left = mostColours;
  const bounded = coded.replaceAll(colours, (found) => (left-- > 0 ? found.replaceAll(":", ";") : ""));
  const pieces = Anser.ansiToJson(bounded, { remove_empty: true }).map(({ content, fg, bg, decorations }): Piece => {
    const look = [
      fg && nearest(fg),
      bg && `on-${nearest(bg)}`,
      ...decorations.filter((one) => shownDecorations.has(one)),
    ];
    return [content.replaceAll("\u001B", ""), [...new Set(look.filter((word) => !!word))].join(" ")];
  });
  return cut(pieces, line.length - coded.length);
}

/** The same without any look: for downloads. */
export function plainLine(stored: string): string {
  return lastState(stored).replaceAll(colours, "").replaceAll("\u001B", "");
}

/** Of a line that was written over, what was written last. */
function lastState(line: string): string {
  const at = line.lastIndexOf("\r");
  if (at === -1) return line;
  return (line.slice(0, at).match(colours) ?? []).slice(-mostColours).join("") + line.slice(at + 1);
}

function cut(pieces: readonly Piece[], hidden: number): readonly Piece[] {
  let room = longestShown;
  let left = hidden;
  const shown: Piece[] = [];
  for (const [text, look] of pieces) {
    const part = text.length > room ? text.slice(0, room).toWellFormed() : text;
    left += text.length - part.length;
    room -= part.length;
    if (part !== "") shown.push([part, look]);
  }
  return left > 0 ? [...shown, [`… ${left} more`, "dim"]] : shown;
}

function nearest(colour: string): string {
  const [red = 0, green = 0, blue = 0] = colour.split(",").map(Number);
  let best = { name: "white", distance: Number.POSITIVE_INFINITY };
  for (const [name, r, g, b] of palette) {
    const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
    if (distance < best.distance) best = { name, distance };
  }
  return best.name;
}
