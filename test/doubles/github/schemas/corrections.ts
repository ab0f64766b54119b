import type { Json } from "./simplify.ts";

/** Answers where GitHub's description contradicts GitHub; each with what is true instead. */
export const CORRECTED_RESPONSES: { operation: string; status: string; schema: Json }[] = [
  {
    // It says that the account is a user and an enterprise at once; for a single installation it says "one of both".
    operation: "GET /app/installations",
    status: "200",
    schema: { type: "array", items: { $ref: "#/components/schemas/installation" } },
  },
];

/** Properties of shared schemas where GitHub's description contradicts GitHub; each with what is true instead. */
export const CORRECTED_PROPERTIES: { schema: string; property: string; is: Json }[] = [
  // A comment whose line is no longer in the diff has neither; the webhooks' description says so.
  { schema: "pull-request-review-comment", property: "line", is: { type: ["integer", "null"] } },
  { schema: "pull-request-review-comment", property: "position", is: { type: ["integer", "null"] } },
  { schema: "review-comment", property: "line", is: { type: ["integer", "null"] } },
  { schema: "review-comment", property: "position", is: { type: ["integer", "null"] } },
];
