import { encodedForms } from "./secret-forms.ts";

// The last thing every outgoing text passes. It knows the secrets of this process by value and in the encodings that tools make of them,
// and by their look the tokens that it never saw. It is no proof against somebody who may run code and invents an encoding of his own.

export interface Redactor {
  /** The text without terminal sequences, each secret replaced by `[redacted]`. */
  redact(text: string): string;
  /** True when {@link redact} would replace something. */
  finds(text: string): boolean;
  /**
   * The same for a text that comes in pieces, wherever a secret is cut: all that comes out, joined, is what `redact` gives for the whole.
   * `colours` leaves the sequences that colour text (SGR); those within a secret come after its mark.
   */
  stream(options?: { readonly colours?: boolean }): RedactingStream;
  /** Adds secrets that were not known before; open streams know them from their next piece on. What was known stays known. */
  know(secrets: readonly string[]): void;
}

export interface RedactingStream {
  /** Takes a piece and gives what is safe to show by now. */
  push(piece: string): string;
  /** Gives the rest. */
  end(): string;
}

const marker = "[redacted]";

/** What cannot be told from ordinary text is shorter than this. */
const shortestSecret = 6;
/** A run without white space that is longer is no token of any kind. */
const longestToken = 8 * 1024;
/** Text held back at most; beyond it the middle of a secret without an end is dropped. */
const longestHeld = 16 * 1024;

const keyBody = String.raw`[A-Za-z0-9+/=\s\\:,>|-]`;
const patterns: readonly RegExp[] = [
  // Installation tokens are `ghs_APPID_JWT` since 2026: dots, dashes and more than 500 characters.
  /gh[pousr]_[A-Za-z0-9._-]{36,}/g,
  /github_pat_[A-Za-z0-9_]{22,}/g,
  /glpat-[A-Za-z0-9_-]{20,}/g,
  /npm_[A-Za-z0-9]{36,}/g,
  /sk-(?:ant|proj|svcacct|or)-[A-Za-z0-9_-]{20,}/g,
  /sk-[A-Za-z0-9]{32,}/g,
  /AIza[A-Za-z0-9_-]{35,}/g,
  /(?:AKIA|ASIA)[A-Z0-9]{16}/g,
  /xox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
  /(?<=:\/\/[^\s/:@]{0,100}:)[^\s/@]{3,200}(?=@)/g,
  new RegExp(
    `-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----${keyBody}*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?!${keyBody}))`,
    "g",
  ),
];

// Terminal sequences (ECMA-48): control sequences, strings with their end (a title, a link), two-character escapes, and what is left of them.
// What never ends is no sequence, so that a stream does not wait for its end.
const esc = "\\u001B";
const csi = "\\u009B";
const stringBody = String.raw`[^\u0007\u001B\u009C\n]{0,4096}`;
const sequences = new RegExp(
  [
    String.raw`(?:${esc}\[|${csi})[0-?]{0,256}[ -/]{0,16}[@-~]`,
    String.raw`${esc}[\]PX^_]${stringBody}(?:\u0007|${esc}\\|\u009C)`,
    String.raw`${esc}[ -/]{0,16}[0-~]`,
    `[${esc}${csi}]`,
  ].join("|"),
  "g",
);
/** A sequence at the end of the text that more text may go on with. */
const openSequence = new RegExp(
  String.raw`(?:(?:${esc}\[|${csi})[0-?]{0,256}[ -/]{0,16}|${esc}[\]PX^_]${stringBody}${esc}?|${esc}[ -/]{0,16})$`,
);
const colour = new RegExp(String.raw`^(?:${esc}\[|${csi})[0-9;:]*m$`);
/** Colour sequences at one place, without text between them, that are kept; the last one counts in any case. */
const longestColours = 256;

/**
 * @param secrets values that must never leave, such as keys and tokens; those under six characters are ignored, for they would turn up in
 *   ordinary text everywhere
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  let known: readonly string[] = [];
  const know = (added: readonly string[]) => {
    const forms = added.filter((secret) => secret.trim().length >= shortestSecret).flatMap(encodedForms);
    known = [...new Set([...known, ...forms])].toSorted((one, other) => other.length - one.length);
  };
  know(secrets);
  return {
    redact: (text) => {
      const plain = withoutSequences(text);
      return replaced(plain, findSecrets(plain, known), 0, plain.length);
    },
    finds: (text) => findSecrets(withoutSequences(text), known).length > 0,
    stream: (options = {}) => createStream(() => known, options.colours === true),
    know,
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Colour sequences that stand before the character `at` of a text without them. */
interface Colours {
  readonly at: number;
  readonly text: string;
}

function createStream(knownNow: () => readonly string[], colours: boolean): RedactingStream {
  let raw = "";
  let held = "";
  let marks: Colours[] = [];
  const take = (text: string) => {
    if (colours) marks = addColours(marks, text, held.length);
    held += withoutSequences(text);
  };
  const release = (cut: number, spans: readonly Span[]) => {
    const last = cut === held.length ? cut + 1 : cut;
    const out = coloured(held, spans, cut, marks);
    held = held.slice(cut);
    marks = marks.filter(({ at }) => at >= last).map(({ at, text }) => ({ at: at - cut, text }));
    return out;
  };
  return {
    push: (piece) => {
      const known = knownNow();
      raw += piece;
      const whole = raw.length - (openSequence.exec(raw)?.[0].length ?? 0);
      take(raw.slice(0, whole));
      raw = raw.slice(whole);
      const spans = findSecrets(held, known);
      const cut = safeCut(held, spans, known);
      const out = release(cut, spans);
      if (held.length > longestHeld) {
        held = shortenedSecret(held, known);
        marks = marks.map(({ at, text }) => ({ at: Math.min(at, held.length), text }));
      }
      return out;
    },
    end: () => {
      take(raw);
      raw = "";
      return release(held.length, findSecrets(held, knownNow()));
    },
  };
}

function addColours(marks: readonly Colours[], text: string, before: number): Colours[] {
  const all = [...marks];
  let removed = 0;
  for (const match of text.matchAll(sequences)) {
    const at = before + match.index - removed;
    removed += match[0].length;
    if (!colour.test(match[0])) continue;
    const sequence = match[0].replace("\u009B", "\u001B[");
    const last = all.at(-1);
    if (last?.at !== at) all.push({ at, text: sequence });
    else all[all.length - 1] = { at, text: last.text.length < longestColours ? last.text + sequence : sequence };
  }
  return all;
}

/** {@link replaced} up to `cut`, with the colours where they stood; none is put into a secret. */
function coloured(text: string, spans: readonly Span[], cut: number, marks: readonly Colours[]): string {
  let out = "";
  let at = 0;
  for (const mark of marks) {
    if (mark.at > cut || (mark.at === cut && cut < text.length)) break;
    const around = spans.find(({ start, end }) => start < mark.at && mark.at < end);
    const place = Math.max(at, around?.end ?? mark.at);
    out += replaced(text, spans, at, place) + mark.text;
    at = place;
  }
  return out + replaced(text, spans, at, cut);
}

/** Where the text may be cut: before everything that more text could turn into a secret, and never inside of one. */
function safeCut(text: string, spans: readonly Span[], known: readonly string[]): number {
  let cut = Math.min(startOfRun(text), startOfKnown(text, known), startOfKey(text));
  for (const span of spans.toReversed()) {
    if (span.start < cut && (cut < span.end || span.end === text.length)) cut = span.start;
  }
  const splitsPair = cut > 0 && /[\uD800-\uDBFF]/.test(text.charAt(cut - 1));
  return splitsPair ? cut - 1 : cut;
}

/** The beginning of the last run of characters that tokens are made of. */
function startOfRun(text: string): number {
  let at = text.length;
  while (at > 0 && text.length - at < longestToken && !/\s/.test(text.charAt(at - 1))) at -= 1;
  return at;
}

/** The earliest place from which the rest of the text is the beginning of a known form. */
function startOfKnown(text: string, known: readonly string[]): number {
  let earliest = text.length;
  for (const form of known) {
    const first = form.charAt(0);
    const from = Math.max(0, text.length - form.length + 1);
    for (let at = text.indexOf(first, from); at !== -1 && at < earliest; at = text.indexOf(first, at + 1)) {
      if (form.startsWith(text.slice(at))) earliest = at;
    }
  }
  return earliest;
}

/** The beginning of a `-----BEGIN … PRIVATE KEY-----` that is not complete. */
function startOfKey(text: string): number {
  const tail = text.slice(-80);
  const at = tail.search(/-----BEGIN [A-Z0-9 ]*-{0,4}$/);
  return at === -1 ? text.length : text.length - tail.length + at;
}

/** A secret that does not end: its beginning and its end stay, so that it is still known for one. */
function shortenedSecret(held: string, known: readonly string[]): string {
  const [first] = findSecrets(held, known);
  if (!first || first.start > 0) return held;
  return held.slice(0, 1024) + held.slice(-1024);
}

/** Every place of a secret, in order, overlapping ones as one. */
function findSecrets(text: string, known: readonly string[]): Span[] {
  const found: Span[] = [];
  for (const form of known) {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1))
      found.push({ start: at, end: at + form.length });
  }
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) found.push({ start: match.index, end: match.index + match[0].length });
  }
  const merged: Span[] = [];
  for (const span of found.toSorted((one, other) => one.start - other.start || other.end - one.end)) {
    const last = merged.at(-1);
    if (!last || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) merged[merged.length - 1] = { start: last.start, end: span.end };
  }
  return merged;
}

function withoutSequences(text: string): string {
  return text.replace(sequences, "");
}

function replaced(text: string, spans: readonly Span[], from: number, to: number): string {
  let out = "";
  let at = from;
  for (const span of spans) {
    if (span.end <= from) continue;
    if (span.start >= to) break;
    out += text.slice(at, span.start) + marker;
    at = span.end;
  }
  return out + text.slice(at, Math.max(at, to));
}
