/**
 * A secret as tools write it: itself, base64 and base64url at each of the three places it can have within a longer text, hexadecimal,
 * URL-encoded, as JSON (once and twice), in HTML, and line by line when it has several lines.
 */
export function encodedForms(secret: string): string[] {
  const value = secret.trim();
  const forms = new Set([secret, value, ...linesOf(value), ...wrappedBase64(value)]);
  for (const text of [secret, value]) {
    const bytes = Buffer.from(text);
    const base64 = [bytes.toString("base64"), ...alignedBase64(bytes)];
    for (const form of base64) {
      forms.add(form);
      forms.add(form.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""));
    }
    const hex = bytes.toString("hex");
    forms.add(hex).add(hex.toUpperCase());
    const url = encodeURIComponent(text.toWellFormed());
    forms
      .add(url)
      .add(url.replace(/%../g, (code) => code.toLowerCase()))
      .add(url.replaceAll("%20", "+"));
    forms.add([...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`).join(""));
    const json = JSON.stringify(text).slice(1, -1);
    forms.add(json).add(JSON.stringify(json).slice(1, -1)).add(json.replaceAll("/", "\\/"));
    forms.add(
      text
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll('"', "&quot;")
        .replaceAll("'", "&#39;"),
    );
  }
  return [...forms].filter((form) => form.trim().length >= 6);
}

/** The characters of base64 that depend on the secret alone, when 0, 1 or 2 other bytes stand before it (as in `user:TOKEN`). */
function alignedBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}

/** Logs show a key line by line, with whatever in between. */
function linesOf(value: string): string[] {
  return value.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith("-----"));
}

/** The lines of `base64`, which breaks after 76 characters, and of PEM, after 64; the last one as far as nothing after it matters. */
function wrappedBase64(value: string): string[] {
  const [text = ""] = alignedBase64(Buffer.from(value));
  return [76, 64].flatMap((width) => (text.length > width ? (text.match(new RegExp(`.{8,${width}}`, "g")) ?? []) : []));
}
