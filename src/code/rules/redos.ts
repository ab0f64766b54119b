/**
 * Whether a regular expression can take exponential time: a group is repeated without end, and one way through it is a repetition with nothing
 * around it that must be there, so the same text can be divided in many ways (`(a+)+`, `(\w+\s?)*`, `(.*)*`). Others are not looked for: false
 * alarms would be many. Linear in the length of the pattern.
 */
export function isExponential(pattern: string): boolean {
  if (pattern.length > 2_000 || !/[+*}]/.test(pattern)) return false;
  try {
    return groupsOf(pattern).some(({ repeated, ways }) => repeated && ways.some(isOnlyRepetition));
  } catch {
    return false;
  }
}

interface Part {
  /** What it takes at least is something. */
  readonly needed: boolean;
  /** It is repeated without end. */
  readonly endless: boolean;
  /** It looks, and takes nothing. */
  readonly looks: boolean;
  /** Written so. */
  readonly text: string;
}

interface Group {
  ways: Part[][];
  start: number;
  looks: boolean;
  repeated: boolean;
}

function isOnlyRepetition(way: readonly Part[]): boolean {
  const parts = way.filter(({ looks }) => !looks);
  const endless = parts.filter((part) => part.endless);
  if (endless.length === 0) return false;
  // What must be there divides the repetitions, unless the repetition can take it as well.
  return parts.every(
    (part) => !part.needed || (part.endless && (part === endless[0] || endless[0]?.text === part.text)),
  );
}

function groupsOf(pattern: string): readonly Group[] {
  const done: Group[] = [];
  const open: Group[] = [{ ways: [[]], start: 0, looks: false, repeated: false }];
  let at = 0;
  const push = (part: Omit<Part, "needed" | "endless">, needed: boolean): { needed: boolean; endless: boolean } => {
    const times = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})[?+]?/.exec(pattern.slice(at, at + 20));
    at += times?.[0].length ?? 0;
    const endless = times !== null && (times[1] === "*" || times[1] === "+" || (times[3] === "," && times[4] === ""));
    const optional = times !== null && (times[1] === "*" || times[1] === "?" || times[2] === "0");
    const whole = { ...part, needed: needed && !optional, endless };
    open.at(-1)?.ways.at(-1)?.push(whole);
    return whole;
  };
  while (at < pattern.length) {
    const sign = pattern[at];
    if (sign === "(") {
      const head = /^\(\?(?:[:>]|P?<\w+>|[a-z-]+:|<?[=!])/.exec(pattern.slice(at, at + 60))?.[0] ?? "(";
      open.push({ ways: [[]], start: at, looks: /[=!]$/.test(head), repeated: false });
      at += head.length;
    } else if (sign === ")") {
      const group = open.pop();
      if (group === undefined || open.length === 0) return [];
      at += 1;
      const needed = group.ways.every((way) => way.some((part) => part.needed));
      const { endless } = push({ looks: group.looks, text: pattern.slice(group.start, at) }, needed);
      // Atomic groups and possessive repetitions do not try again.
      group.repeated =
        endless && !pattern.startsWith("(?>", group.start) && pattern[at - 1] !== "+"
          ? true
          : endless && /[^*+}]\+$/.test(pattern.slice(0, at));
      done.push(group);
    } else if (sign === "|") {
      open.at(-1)?.ways.push([]);
      at += 1;
    } else {
      const length = atomLength(pattern, at);
      const text = pattern.slice(at, at + length);
      at += length;
      push({ looks: /^(?:\^|\$|\\[bBAZz])$/.test(text), text }, true);
    }
  }
  return open.length === 1 ? done : [];
}

function atomLength(pattern: string, at: number): number {
  if (pattern[at] === "\\")
    return (
      /^\\(?:[pPu]\{[^}]*\}|k<\w+>|u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)/s.exec(pattern.slice(at, at + 60))?.[0].length ?? 1
    );
  if (pattern[at] !== "[") return 1;
  let end = at + 1;
  if (pattern[end] === "^") end += 1;
  // A bracket right at the beginning is one of the characters, but in JavaScript.
  while (end < pattern.length && pattern[end] !== "]") end += pattern[end] === "\\" ? 2 : 1;
  return end + 1 - at;
}
