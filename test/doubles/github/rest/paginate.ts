import type { RestAnswer, RestRequest } from "./router.ts";

/** `page` and `per_page` of a request, within GitHub's bounds: 30 unless said otherwise, at most 100. */
export function pageOf(query: Record<string, string>): { page: number; perPage: number } {
  const perPage = Math.min(100, positive(query["per_page"]) ?? 30);
  return { page: positive(query["page"]) ?? 1, perPage };
}

/** The page of `items` that was asked for. */
export function slice<T>(query: Record<string, string>, items: readonly T[]): T[] {
  const { page, perPage } = pageOf(query);
  return items.slice((page - 1) * perPage, page * perPage);
}

/** A list as the answer: one page, and a `Link` header when there are more. `serialize` is called for that page only. */
export async function paginated<T>(
  request: Pick<RestRequest, "github" | "query" | "request">,
  items: readonly T[],
  serialize: (item: T) => unknown,
): Promise<RestAnswer> {
  const body: unknown[] = [];
  for (const item of slice(request.query, items)) body.push(await serialize(item));
  return { status: 200, body, headers: linkHeader(request, items.length) };
}

/** The `Link` header for a list of `total` items, none when all fit on one page. */
export function linkHeader(
  { github, query, request }: Pick<RestRequest, "github" | "query" | "request">,
  total: number,
): Record<string, string> {
  const { page, perPage } = pageOf(query);
  const last = Math.max(1, Math.ceil(total / perPage));
  const link = (to: number, rel: string) => {
    const search = new URLSearchParams({ ...query, page: String(to) });
    return `<${github.url}${request.path}?${search.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(Math.min(page - 1, last), "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  return links.length > 0 ? { Link: links.join(", ") } : {};
}

function positive(text: string | undefined): number | null {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : null;
}
