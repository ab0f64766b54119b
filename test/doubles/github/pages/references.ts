import type { StateCore, Token } from "markdown-it";

/** What `#12` and `@login` in a text point at; null leaves them plain, as GitHub does for what does not exist. */
export interface References {
  issue(number: number): string | null;
  account(login: string): string | null;
}

const PATTERN = /(?<![\w/&#@.-])(?:#(\d+)|@([A-Za-z\d](?:[A-Za-z\d-]{0,38}(?:\[bot\])?)))(?![\w-])/g;

/** Puts links around `#12` and `@login` in text, not inside links or code. */
export function referenceLinks(state: StateCore, references: References): void {
  for (const token of state.tokens) {
    if (token.type !== "inline" || !token.children) continue;
    let depth = 0;
    token.children = token.children.flatMap((child) => {
      if (child.type === "link_open") depth += 1;
      if (child.type === "link_close") depth -= 1;
      return child.type === "text" && depth === 0 ? split(state, child, references) : [child];
    });
  }
}

function split(state: StateCore, token: Token, references: References): Token[] {
  const parts: Token[] = [];
  let last = 0;
  const text = (content: string) => {
    const part = new state.Token("text", "", 0);
    part.content = content;
    return part;
  };
  for (const match of token.content.matchAll(PATTERN)) {
    const [whole, number, login] = match;
    const target = number === undefined ? references.account(login ?? "") : references.issue(Number(number));
    if (target === null) continue;
    const open = new state.Token("link_open", "a", 1);
    open.attrSet("href", target);
    if (number === undefined) open.attrSet("class", "mention");
    parts.push(text(token.content.slice(last, match.index)), open, text(whole), new state.Token("link_close", "a", -1));
    last = match.index + whole.length;
  }
  return last === 0 ? [token] : [...parts, text(token.content.slice(last))];
}
