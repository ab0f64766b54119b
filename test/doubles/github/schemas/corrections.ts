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

/**
 * Properties of shared schemas where GitHub's description contradicts GitHub; each with what is true instead.
 * `within` leads from the schema to the one that has the property.
 */
export const CORRECTED_PROPERTIES: { schema: string; within?: string[]; property: string; is: Json }[] = [
  // A comment whose line is no longer in the diff has neither; the webhooks' description says so.
  { schema: "pull-request-review-comment", property: "line", is: { type: ["integer", "null"] } },
  { schema: "pull-request-review-comment", property: "position", is: { type: ["integer", "null"] } },
  { schema: "review-comment", property: "line", is: { type: ["integer", "null"] } },
  { schema: "review-comment", property: "position", is: { type: ["integer", "null"] } },
  // A comment on a whole file never had a line; the webhooks' description says so for `created` and `resolved` only.
  { schema: "pull-request-review-comment", property: "original_line", is: { type: ["integer", "null"] } },
  { schema: "review-comment", property: "original_line", is: { type: ["integer", "null"] } },
  { schema: "webhooks_review_comment", property: "original_line", is: { type: ["integer", "null"] } },
  {
    schema: "webhook-pull-request-review-thread-unresolved",
    within: ["properties", "thread", "properties", "comments", "items"],
    property: "original_line",
    is: { type: ["integer", "null"] },
  },
];
