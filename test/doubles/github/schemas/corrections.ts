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
