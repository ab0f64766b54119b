/**
 * Imports of ECMAScript that are written as nearly all are: every twelfth node lies in one, and a regular expression reads it sooner than a walk.
 * Those with comments, attributes, or names that need a second look are none of them.
 */
const name = String.raw`[\w$]+`;
const specifier = String.raw`(?:type\s+(?!as\b))?(?!type\b)${name}(?:\s+as\s+${name})?`;
const list = String.raw`\{\s*(?:${specifier}\s*,\s*)*(?:${specifier}\s*)?\}`;
const many = String.raw`(?:\*\s+as\s+${name}|${list})`;
const clause = String.raw`(?:(?!type\b|from\b)${name}(?:\s*,\s*${many})?|${many})`;
const whole = new RegExp(
  String.raw`import\s+(?:(type\s+(?!from\b))?(${clause})\s+from\s+)?(?:"([^"'\\\n]{0,1000})"|'([^"'\\\n]{0,1000})');?`,
  "y",
);

export interface PlainImport {
  readonly from: string;
  /** In the order of the text; `type` for those that say so themselves. */
  readonly names: readonly { readonly name: string; readonly as: string; readonly type: boolean }[];
  /** It says that it is one of types. */
  readonly ofTypes: boolean;
}

/** Whether a part of a text is such an import, and nothing else. */
export function isPlainImport(text: string, start: number, end: number): boolean {
  whole.lastIndex = start;
  return whole.test(text) && whole.lastIndex === end;
}

/** @param text for which {@link isPlainImport} holds */
export function readPlainImport(text: string): PlainImport {
  whole.lastIndex = 0;
  const [, type, clauses = "", one, other] = whole.exec(text) ?? [];
  const [first = "", listed] = clauses.split("{");
  const single = first.split(",").flatMap((each) => {
    const [, all, alone] = /^\s*(?:\*\s+as\s+([\w$]+)|([\w$]+))\s*$/.exec(each) ?? [];
    if (all !== undefined) return [{ name: "*", as: all, type: false }];
    return alone === undefined ? [] : [{ name: "default", as: alone, type: false }];
  });
  const more = [...(listed ?? "").matchAll(/(type\s+)?([\w$]+)(?:\s+as\s+([\w$]+))?/g)].map(
    ([, ofType, of = "", as = of]) => ({ name: of, as, type: ofType !== undefined }),
  );
  return { from: one ?? other ?? "", names: [...single, ...more], ofTypes: type !== undefined };
}
