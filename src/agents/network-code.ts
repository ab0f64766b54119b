import { isNativeError } from "node:util/types";

/** The code of a failed connection, such as `ECONNREFUSED`; undefined when the network did not cause the error. */
export function networkCode(error: unknown): string | undefined {
  const links = chain(error);
  for (const link of links) {
    if ("code" in link && typeof link.code === "string" && /^[A-Z_0-9]{1,40}$/.test(link.code)) return link.code;
  }
  const failed = links.some((link) => link.name === "TypeError" && /^(fetch failed|terminated)$/.test(link.message));
  return failed ? "network" : undefined;
}

/** An error and its causes. `instanceof` would miss errors that the runtime made in another realm, as it does under a test runner. */
export function chain(error: unknown): readonly Error[] {
  const links: Error[] = [];
  for (let link = error; isNativeError(link) && !links.includes(link); link = link.cause) links.push(link);
  return links;
}
