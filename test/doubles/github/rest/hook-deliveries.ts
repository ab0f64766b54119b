import { serializeDelivery, serializeDeliveryItem } from "../serialize/app.ts";
import type { App, Delivery } from "../state/apps.ts";
import { optionalText } from "./body.ts";
import { pageOf } from "./paginate.ts";
import { notFound, validationFailed } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

export const routes: Route[] = [
  route("GET", "/app/hook/config", {
    auth: "app",
    handler: (request) => ({ status: 200, body: configOf(appOf(request)) }),
  }),
  route("PATCH", "/app/hook/config", { auth: "app", handler: changeConfig }),
  route("GET", "/app/hook/deliveries", { auth: "app", handler: listDeliveries }),
  route("GET", "/app/hook/deliveries/{delivery_id}", {
    auth: "app",
    handler: (request) => ({ status: 200, body: serializeDelivery(deliveryOf(request)) }),
  }),
  route("POST", "/app/hook/deliveries/{delivery_id}/attempts", {
    auth: "app",
    handler: (request) => {
      request.github.redeliver(deliveryOf(request));
      return { status: 202, body: {} };
    },
  }),
];

function appOf({ actor }: RestRequest): App {
  if (actor.kind === "app") return actor.app;
  throw notFound();
}

function configOf(app: App) {
  return {
    content_type: "json",
    insecure_ssl: "0",
    ...(app.webhookSecret !== null && { secret: "********" }),
    ...(app.webhookUrl !== null && { url: app.webhookUrl }),
  };
}

function changeConfig(request: RestRequest): RestAnswer {
  const app = appOf(request);
  const url = optionalText(request.body, "url", "Hook");
  const secret = optionalText(request.body, "secret", "Hook");
  if (url !== undefined && !URL.canParse(url))
    throw validationFailed({ resource: "Hook", field: "url", code: "invalid" });
  if (url !== undefined) app.webhookUrl = url;
  if (secret !== undefined) app.webhookSecret = secret;
  app.updatedAt = request.github.timestamp();
  return { status: 200, body: configOf(app) };
}

/** Newest first. The cursor of the next page is the id of the last delivery of this one. */
function listDeliveries(request: RestRequest): RestAnswer {
  const { github, query } = request;
  const app = appOf(request);
  const before = query["cursor"] === undefined ? Infinity : Number(query["cursor"].replace(/^v1_/, ""));
  if (Number.isNaN(before)) throw validationFailed({ resource: "Hook", field: "cursor", code: "invalid" });
  const own = github.state.deliveries.filter(
    (one) => one.appId === app.id && one.id < before && hasStatus(one, query["status"]),
  );
  const newestFirst = own.toReversed();
  const { perPage } = pageOf(query);
  const shown = newestFirst.slice(0, perPage);
  const last = shown.at(-1);
  const more = newestFirst.length > perPage && last !== undefined;
  const search = new URLSearchParams({ ...query, cursor: `v1_${last?.id}` });
  return {
    status: 200,
    body: shown.map(serializeDeliveryItem),
    headers: more ? { Link: `<${github.url}${request.request.path}?${search.toString()}>; rel="next"` } : {},
  };
}

function hasStatus(delivery: Delivery, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return (delivery.status === "OK") === (wanted === "success");
}

function deliveryOf(request: RestRequest): Delivery {
  const id = Number(request.params["delivery_id"]);
  const found = request.github.state.deliveries.find((one) => one.id === id && one.appId === appOf(request).id);
  if (!found) throw notFound();
  return found;
}
