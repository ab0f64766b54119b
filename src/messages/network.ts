/** What a sandbox could not reach, for the people who read the check, and for the program that asked. */
import { code, list } from "./markdown.ts";

export type RefusalReason = "unlisted" | "not-public" | "unresolved" | "unreachable" | "limit";

export interface RefusedHost {
  readonly host: string;
  readonly port: number;
  readonly reason: RefusalReason;
  /** How often it was asked for. */
  readonly count: number;
}

/** What a command wanted of the network and did not get. */
export interface NetworkText {
  /** What the proxy refused. */
  readonly refused: readonly RefusedHost[];
  /** Hosts that the output names beside a failure to find them; empty also where it names none. */
  readonly sought: readonly string[];
  /** The output looks like that of a command which misses the network. */
  readonly offline: boolean;
  /** What the set-up was refused before, though its commands succeeded. */
  readonly setup?: readonly SetupRefusals[];
}

export interface SetupRefusals {
  /** The command of the set-up. */
  readonly run: string;
  readonly refused: readonly RefusedHost[];
}

/** So many hosts are named in a check. */
const mostNamed = 15;
/** Of the set-up, so many commands with the hosts that they asked for. */
const mostCommands = 5;

const reasons: Readonly<Record<RefusalReason, string>> = {
  unlisted: "not in `environment.network`",
  "not-public":
    "listed, but its name leads to an address that is not public; only the operator of this bot can permit that",
  unresolved: "listed, but its name was not found",
  unreachable: "listed, but it did not answer",
  limit: "listed, but this run has moved as much data as it may",
};

/** Paragraphs for the summary of a check: the hosts that the command asked for in vain, and what to do. */
export function networkParagraphs(
  run: string,
  { refused, sought, offline, setup = [] }: NetworkText,
): readonly string[] {
  const asking = [{ run, refused }, ...setup.slice(0, mostCommands)].filter((asked) => asked.refused.length > 0);
  const isUnlisted = asking.some((asked) => asked.refused.some(({ reason }) => reason === "unlisted"));
  return [
    ...asking.map((asked) => `🔒 **Network:** ${code(asked.run)} tried to reach\n\n${hostsOf(asked)}`),
    ...(isUnlisted ? [`Hosts that may be reached are listed in ${listed}.`] : []),
    ...(offline && refused.length === 0 ? [missed(run, sought)] : []),
  ];
}

const listed = "`environment.network` of the base branch's `.codegen.yml`";

function missed(run: string, sought: readonly string[]): string {
  const hosts = sought.slice(0, mostNamed).map((host) => code(host));
  const looks = hosts.length === 0 ? "a host" : hosts.join(", ");
  return `🔒 **Network:** it looks as if ${code(run)} tried to reach ${looks} and could not find it. A sandbox reaches no other hosts than those in ${listed}, and these by the proxy that \`HTTPS_PROXY\` names.`;
}

function hostsOf({ refused }: SetupRefusals): string {
  const named = refused.slice(0, mostNamed).map((host) => `${address(host)}${times(host)}: ${reasons[host.reason]}`);
  const more = refused.length > named.length ? [`… and ${refused.length - named.length} more`] : [];
  return list([...named, ...more]);
}

/** What the program reads that asked for a host, as plain text: one sentence and what to do. */
export function refusalText(target: { readonly host: string; readonly port: number }, reason: RefusalReason): string {
  const to = `${target.host}:${target.port}`;
  const entry = target.port === 443 || target.port === 80 ? target.host : to;
  switch (reason) {
    case "unlisted":
      return `This sandbox may not reach ${to}. To open it, add ${entry} to environment.network in .codegen.yml on the base branch.\n`;
    case "not-public":
      return `This sandbox may not reach ${to}: its name leads to an address that is not public. Only the operator of the bot can permit that.\n`;
    case "unresolved":
      return `The name ${target.host} was not found.\n`;
    case "unreachable":
      return `${to} did not answer.\n`;
    case "limit":
      return `This sandbox has moved as much data as it may, so it reaches nothing any more.\n`;
  }
}

/** What the program reads whose request is none for a proxy. */
export const proxyUsage =
  "This is the proxy of the sandbox. It takes CONNECT HOST:PORT, and requests for http://HOST/PATH without a name or password in it.\n";

function address({ host, port }: RefusedHost): string {
  return code(`${host}:${port}`);
}

function times({ count }: RefusedHost): string {
  return count > 1 ? ` (${count}×)` : "";
}
