import { terminalLines } from "./terminal-text.ts";

const name = String.raw`[A-Za-z0-9][A-Za-z0-9.-]{0,252}`;
/** What programs print when a name is not found, with the name where they say it. */
const notFound: readonly RegExp[] = [
  // Node and npm, libcurl (curl, git, cargo), wget, apt, Go, Java, Ruby, PostgreSQL's and others' clients, Python's urllib3 and pip.
  new RegExp(String.raw`getaddrinfo (?:EAI_AGAIN|ENOTFOUND) (${name})`),
  new RegExp(String.raw`[Cc]ould not resolve (?:host|hostname|proxy):? '?(${name})`),
  new RegExp(String.raw`unable to resolve host address .(${name})`),
  new RegExp(String.raw`Temporary failure resolving '(${name})'`),
  new RegExp(String.raw`dial (?:tcp|udp): lookup (${name})`),
  new RegExp(String.raw`UnknownHostException: (${name})`),
  new RegExp(String.raw`could not translate host name "(${name})"`),
  new RegExp(String.raw`Failed to open TCP connection to (${name})`),
  new RegExp(String.raw`host='(${name})', port=\d+.*(?:NameResolutionError|Failed to establish|Max retries)`),
  /EAI_AGAIN|Temporary failure in name resolution|Name or service not known|nodename nor servname|Network is unreachable|ENETUNREACH/,
];
/** The end of the output says why it ended; more of it nobody needs for a hint. */
const read = { lines: 2_000, columns: 2_000, hosts: 50 };

/** Whether a command's output looks as if it missed the network, and the hosts that it names. Linear in the length of the output. */
export function soughtHosts(output: string): { readonly offline: boolean; readonly sought: readonly string[] } {
  const found = new Set<string>();
  let offline = false;
  for (const line of terminalLines(output, { longest: read.columns }).slice(-read.lines)) {
    const match = notFound.map((pattern) => pattern.exec(line)).find((one) => one !== null);
    if (match === undefined || match === null) continue;
    offline = true;
    const host = match[1]?.toLowerCase().replace(/[.-]+$/, "");
    if (host !== undefined && host !== "" && found.size < read.hosts) found.add(host);
  }
  return { offline, sought: [...found] };
}
