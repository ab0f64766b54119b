/**
 * Keeps the beginning and the end of a text and says how much is missing between them.
 * @param limit characters kept
 * @param head share of the limit for the beginning, 0 to 1
 */
export function clip(text: string, limit: number, head = 0.5): string {
  if (text.length <= limit) return text;
  const first = Math.round(limit * head);
  const last = limit - first;
  const note = `[… ${text.length - limit} characters left out …]`;
  return [text.slice(0, first), note, last > 0 ? text.slice(-last) : ""]
    .filter((part) => part !== "")
    .join("\n")
    .toWellFormed();
}
