/** The network of a run's commands: what they may reach, and what they wanted in vain. */
import { soughtHosts } from "../src/domain/sought-hosts.ts";
import type { NetworkText } from "../src/messages/network.ts";
import type { ExecResult } from "../src/sandbox/port.ts";

/** What a command that ended like this wanted of the network and did not get; nothing where that is nothing. */
export function missedNetwork(result: ExecResult): { readonly network?: NetworkText } {
  const { offline, sought } = result.code === 0 ? { offline: false, sought: [] } : soughtHosts(result.output);
  return offline ? { network: { refused: [], sought, offline } } : {};
}
