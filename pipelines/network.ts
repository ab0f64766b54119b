/** The network of a run's commands: what they may reach, and what they wanted in vain. */
import { toHostPatterns } from "../src/domain/host-pattern.ts";
import { soughtHosts } from "../src/domain/sought-hosts.ts";
import { openEgress, type Egress } from "../src/egress/open-egress.ts";
import type { NetworkText, RefusedHost, SetupRefusals } from "../src/messages/network.ts";
import type { ExecResult, Sandbox } from "../src/sandbox/port.ts";
import type { PipelineDeps } from "./deps.ts";

/** The network of one sandbox, closed until somebody opens it. */
export interface SandboxNetwork {
  /** Opens the listed hosts, if there are any and they are not open. @returns the variables by which programs find them */
  open(): Promise<Readonly<Record<string, string>>>;
  /** What was asked for in vain since this was asked last. */
  takeRefused(): readonly RefusedHost[];
  /** What commands of the set-up asked for in vain and yet succeeded: others may fail for it. */
  readonly ofSetup: SetupRefusals[];
  close(): Promise<void>;
}

/** @param hosts `environment.network` of the base branch's file */
export function networkOf(
  { network }: Pick<PipelineDeps, "network">,
  hosts: readonly string[],
  openSandbox: () => Promise<Pick<Sandbox, "serve">>,
): SandboxNetwork {
  let egress: Promise<Egress> | undefined;
  let present: Egress | undefined;
  return {
    ofSetup: [],
    async open() {
      if (hosts.length === 0) return {};
      egress ??= openSandbox().then((sandbox) => openEgress(sandbox, { ...network, hosts: toHostPatterns(hosts) }));
      present = await egress;
      return present.env;
    },
    takeRefused: () => present?.takeRefused() ?? [],
    async close() {
      const closing = egress;
      egress = undefined;
      present = undefined;
      await closing?.then((open) => open.close()).catch(() => undefined);
    },
  };
}

/** What a command that ended like this wanted of the network and did not get; nothing where that is nothing. */
export function missedNetwork(
  result: Pick<ExecResult, "code" | "output">,
  refused: readonly RefusedHost[],
  setup: readonly SetupRefusals[] = [],
): { readonly network?: NetworkText } {
  const { offline, sought } = result.code === 0 ? { offline: false, sought: [] } : soughtHosts(result.output);
  if (!offline && refused.length + setup.length === 0) return {};
  return { network: { refused, sought, offline, ...(setup.length === 0 ? {} : { setup }) } };
}
