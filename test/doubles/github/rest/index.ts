import type { Route } from "./router.ts";

/** All routes of the REST API that the local GitHub answers; any other is 501. */
export const routes: readonly Route[] = [];
