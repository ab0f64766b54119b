import { terminalLines } from "../../domain/terminal-text.ts";

/** To refuse what is no JSON takes long; no run of Go prints more of it. */
const mostBroken = 1_000;

/**
 * Turns the events of `go test -json` (`go doc test2json`) back into what `go test -v` prints, package by package, for they run side by side.
 * Null when there are none. Lines that are no events stay.
 */
export function goEventLines(output: string): readonly string[] | null {
  const texts = new Map<string, string[]>();
  const rest: string[] = [];
  let [events, broken] = [0, 0];
  for (const line of output.split("\n")) {
    const event = line.startsWith("{") && broken < mostBroken ? eventOf(line) : null;
    if (event === null) {
      if (line.startsWith("{")) broken += 1;
      else rest.push(line);
      continue;
    }
    events += 1;
    const { title, text } = event;
    const same = texts.get(title);
    if (same === undefined) texts.set(title, [text]);
    else same.push(text);
  }
  if (events === 0) return null;
  return [rest, ...texts.values()].flatMap((parts, at) => terminalLines(parts.join(at === 0 ? "\n" : "")));
}

function eventOf(line: string): { title: string; text: string } | null {
  if (!line.trimEnd().endsWith("}")) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Cut, or no event.
    return null;
  }
  if (typeof value !== "object" || value === null || !("Action" in value)) return null;
  const title = "Package" in value ? value.Package : "ImportPath" in value ? value.ImportPath : null;
  if (typeof title !== "string") return null;
  return { title, text: "Output" in value && typeof value.Output === "string" ? value.Output : "" };
}
