/** What rules ask of a match that a query cannot say. */
import type { Found } from "./rule.ts";
import { asked } from "./taint/holes.ts";
import { isComposed, isConstant, trace, type Origin, type Reach } from "./taint/trace.ts";

/** How far others must decide a value for it to be reported: as it is, and where it is put together with other text. */
export interface Limits {
  readonly whole: Reach;
  readonly composed: Reach;
}

export function originOf(found: Found, capture = "found"): Origin {
  return trace(found.tree, found.node(capture));
}

/** The captured value is decided by others. */
export function decidedByOthers({ whole, composed }: Limits, capture = "found"): (found: Found) => boolean {
  return (found) => {
    const origin = originOf(found, capture);
    return origin.reach >= (isComposed(origin) ? composed : whole);
  };
}

const sql =
  /^\s*(?:--.*\n\s*)?(?:\(\s*)?(?:select\b[\s\S]+\bfrom\b|insert\s+into\b|replace\s+into\b|update\b[\s\S]+\bset\b|delete\s+from\b|drop\s+|alter\s+|create\s+|truncate\s+|with\s+\w+\s+as\b|grant\s+|exec(?:ute)?\s+|call\s+|merge\s+into\b)/i;

/** The captured value is SQL with something in it that others decide. */
export function isSqlOfOthers(capture = "found"): (found: Found) => boolean {
  return (found) => {
    const origin = originOf(found, capture);
    if (origin.reach === 3 && !isComposed(origin)) return true;
    return origin.reach >= 1 && isComposed(origin) && sql.test(origin.text);
  };
}

/** A request decides the captured address from its beginning, so also where it leads. */
export function leadsElsewhere(capture = "found"): (found: Found) => boolean {
  return (found) => {
    const { reach, text } = originOf(found, capture);
    return reach === 3 && (text.startsWith(asked) || /^https?:\/\/\uE001/.test(text));
  };
}

export function isNotConstant(capture = "found"): (found: Found) => boolean {
  return (found) => !isConstant(originOf(found, capture));
}

/** Names of things that nobody must guess. */
const secret =
  /token|secret|passw|pwd|nonce|salt|session|otp\b|csrf|api_?key|credential|private_?key|verification_?code|auth_?code|reset/i;

/** The captured node is the value of something that is called like a secret, or lies in a function that is. */
export function isOfSecret(found: Found, capture = "found"): boolean {
  const { tree } = found;
  let node = found.node(capture);
  for (let up = 0; node > 0 && up < 12; up++, node = tree.parent(node))
    for (const field of ["name", "left", "key", "pattern", "declarator"]) {
      const name = tree.childIn(node, field);
      if (name !== -1 && secret.test(tree.textOf(name).slice(0, 200))) return true;
    }
  return false;
}

/** What a weak hash is good enough for, by the names around it. */
const harmless =
  /etag|cache|checksum|check_?sum|fingerprint|dedup|integrity|content_?hash|file_?hash|asset|chunk|gravatar|bucket|shard|git|uuid|v3|v5|websocket|digest_?auth|bundle|module_?id|revision|memo/i;

/** The names on the statement around a node and of the function say that a collision does no harm there. */
export function isHarmlessHash(found: Found, capture = "found"): boolean {
  const { tree } = found;
  let node = found.node(capture);
  for (let up = 0; node > 0 && up < 30; up++, node = tree.parent(node)) {
    if (
      /_statement$|_declaration$|^assignment$|_item$/.test(tree.type(node)) &&
      harmless.test(tree.textOf(node).slice(0, 200))
    )
      return true;
    const name = tree.childIn(node, "name");
    if (name !== -1 && harmless.test(tree.textOf(name).slice(0, 200))) return true;
  }
  return false;
}

/** The text says so somewhere: an import, a flag. */
export function says(found: Found, words: RegExp): boolean {
  return words.test(found.tree.text);
}

/** Whether two captures are the same text. */
export function areEqual(found: Found, one: string, other: string): boolean {
  return found.text(one) === found.text(other);
}
