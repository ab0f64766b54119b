import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { isListed, type HostPattern } from "../domain/host-pattern.ts";
import { addressKind } from "./address-kind.ts";

/** All addresses of a name. @throws when it has none */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** As every program of this machine resolves names. */
export const systemLookup: Lookup = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

export type Resolved =
  | { readonly end: "addresses"; readonly addresses: readonly string[] }
  | { readonly end: "unresolved" }
  /** One of them at least leads where nobody may go: whoever answers so tries something, so none of them is used. */
  | { readonly end: "not-public" };

export interface ResolveOptions {
  readonly lookup: Lookup;
  readonly timeoutMs: number;
  /** Hosts that the operator lets lead into private networks. */
  readonly privateHosts: readonly HostPattern[];
}

/** Resolves a name once, and checks each of its addresses. Whoever connects has to use one of these, and no name, so that no second answer counts. */
export async function resolveChecked(
  target: { readonly host: string; readonly port: number },
  options: ResolveOptions,
): Promise<Resolved> {
  const found = await within(options.timeoutMs, options.lookup(target.host)).catch(() => []);
  const addresses = [...new Set(found)];
  if (addresses.length === 0) return { end: "unresolved" };
  const own = ownAddresses();
  const mayBePrivate = isListed(options.privateHosts, target);
  const isGood = (address: string) => {
    const kind = addressKind(address, own);
    return kind === "public" || (kind === "private" && mayBePrivate);
  };
  return addresses.every(isGood) ? { end: "addresses", addresses } : { end: "not-public" };
}

function ownAddresses(): ReadonlySet<string> {
  const interfaces = Object.values(networkInterfaces()).flatMap((of) => of ?? []);
  return new Set(interfaces.map(({ address }) => address));
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("took too long")), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
