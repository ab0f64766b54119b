/** Markup that is safe to send: made by `html` or given to `trusted`. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

type Part = Markup | string | number | null | undefined | false | readonly Part[];

/** Markup from a template; every value that is not Markup is escaped, lists are joined, null and false print nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  let text = strings[0] ?? "";
  for (const [index, part] of parts.entries()) text += print(part) + (strings[index + 1] ?? "");
  return new Markup(text);
}

/** Takes text as markup: only for what this folder made itself. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** Text for any place in HTML, inside quotes too. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (sign) => names[sign] ?? sign);
}

function print(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return part.map((each) => print(each)).join("");
}
