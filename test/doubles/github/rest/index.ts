import { routes as apps } from "./apps.ts";
import { routes as hookDeliveries } from "./hook-deliveries.ts";
import { routes as meta } from "./meta.ts";
import type { Route } from "./router.ts";

/** All routes of the REST API that the local GitHub answers; any other is 501. */
export const routes: readonly Route[] = [...meta, ...apps, ...hookDeliveries];
