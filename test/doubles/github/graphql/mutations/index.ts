import type { Context } from "../context.ts";
import { commitMutations } from "./commits.ts";
import { issueMutations } from "./issues.ts";
import { pullMutations } from "./pulls.ts";
import { reactionMutations } from "./reactions.ts";
import { refMutations } from "./refs.ts";
import { reviewMutations } from "./reviews.ts";

/** The fields of `Mutation`; every one is thin over `operations/`, as REST is. */
export function mutationRoot(context: Context): Record<string, unknown> {
  return {
    ...commitMutations(context),
    ...refMutations(context),
    ...issueMutations(context),
    ...reactionMutations(context),
    ...reviewMutations(context),
    ...pullMutations(context),
  };
}
