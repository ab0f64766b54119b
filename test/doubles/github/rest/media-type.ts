/** The form that `Accept` asks for: `raw`, `diff`, `patch`, `object`, `sha`, `html`, or `json` when it asks for none. */
export function wantedForm(accept: string | undefined): string {
  const forms = (accept ?? "").split(",").map((part) => {
    const found = /application\/vnd\.github(?:\.v3)?\.(raw|diff|patch|object|sha|html|text|full)(?:\+json)?/.exec(part);
    return found?.[1];
  });
  return forms.find((form) => form !== undefined) ?? "json";
}
