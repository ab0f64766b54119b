/** Which hosts may be reached: `registry.example`, `*.example.org`, each with `:PORT` or without. */
export interface HostPattern {
  /** In lower case; with a leading `*.` any name below it, at any depth, but not the name itself. */
  readonly host: string;
  /** null: those of the web, 443 and 80. */
  readonly port: number | null;
}

const webPorts: readonly number[] = [443, 80];
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads one entry of a list of hosts. Total.
 * @returns what is wrong, as the end of a sentence about the entry, when it is not a host
 */
export function parseHostPattern(text: string): HostPattern | { readonly problem: string } {
  const written = text.trim().toLowerCase();
  if (/^[a-z][a-z0-9+.-]*:\/\//.test(written))
    return { problem: `must be a host without its scheme and path, such as ${hostOfUrl(written)}` };
  if (written.includes("@")) return { problem: "must be a host without a name or password before it" };
  if (/[/?#\\]/.test(written)) return { problem: "must be a host alone: no path, no range of addresses" };
  if (isAddress(written)) return { problem: "must be the name of a host; addresses cannot be listed" };
  const { host, port } = split(written);
  if (port === undefined) return { problem: "has no usable port; a port is a number from 1 to 65535, as in host:8443" };
  const name = host.startsWith("*.") ? host.slice(2) : host;
  if (host === "*" || name === "" || name.includes("*"))
    return { problem: "must name a host; a star stands only at the beginning, as in *.example.org" };
  const labels = name.split(".");
  if (host !== name && labels.length < 2)
    return { problem: `would open everything below .${name}; name at least two parts after the star` };
  if (name.length > 253 || !labels.every((part) => label.test(part)) || isNumeric(labels.at(-1) ?? ""))
    return {
      problem: "is no host name: letters, digits and dashes, with dots between (other scripts in their xn-- form)",
    };
  return { host, port };
}

/** Entries that have been checked, as patterns. @throws RangeError for one that is no host */
export function toHostPatterns(entries: readonly string[]): readonly HostPattern[] {
  return entries.map((entry) => {
    const parsed = parseHostPattern(entry);
    if ("problem" in parsed) throw new RangeError(`${JSON.stringify(entry.slice(0, 80))} ${parsed.problem}`);
    return parsed;
  });
}

/** Whether a host with a port is among those that may be reached. */
export function isListed(patterns: readonly HostPattern[], { host, port }: { host: string; port: number }): boolean {
  return patterns.some(
    (pattern) =>
      covers(pattern.host, host) && (pattern.port === null ? webPorts.includes(port) : pattern.port === port),
  );
}

/** Reads `HOST:PORT`, as it stands in a request, into the form in which hosts are listed; null for anything else. */
export function parseHostAndPort(text: string, usual?: number): { host: string; port: number } | null {
  const found = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,254})(?::(\d{1,5}))?$/i.exec(text);
  const port = found?.[2] === undefined ? usual : Number(found[2]);
  if (found?.[1] === undefined || port === undefined || port < 1 || port > 65_535) return null;
  const host = found[1].toLowerCase().replace(/(?<=[^.])\.$/, "");
  return { host, port };
}

function covers(pattern: string, host: string): boolean {
  return pattern.startsWith("*.") ? host.length >= pattern.length && host.endsWith(pattern.slice(1)) : pattern === host;
}

function split(written: string): { host: string; port: number | null | undefined } {
  const at = written.indexOf(":");
  if (at < 0) return { host: written, port: null };
  const digits = written.slice(at + 1);
  const port = Number(digits);
  return {
    host: written.slice(0, at),
    port: /^\d{1,5}$/.test(digits) && port >= 1 && port <= 65_535 ? port : undefined,
  };
}

/** IPv6 has more than one colon; a last part that is a number makes any name an IPv4 address (WHATWG URL, "ends in a number"). */
function isAddress(written: string): boolean {
  if (/^\[|:.*:/.test(written)) return true;
  const name = written.split(":")[0] ?? "";
  return isNumeric(name.split(".").findLast((part) => part !== "") ?? "");
}

function isNumeric(part: string): boolean {
  return /^(?:\d+|0x[0-9a-f]*)$/.test(part);
}

function hostOfUrl(written: string): string {
  const found = /:\/\/(?:[^/@]*@)?([a-z0-9.-]+)/.exec(written)?.[1];
  return found ?? "registry.example";
}
