import { existsSync, lstatSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { launchOrThrow } from "../launcher.ts";
import { hostEnvironment } from "./host-environment.ts";

/** What this host has that a sandbox is made of. */
export interface Host {
  readonly version: string;
  /** Options that this bubblewrap knows and older ones do not. */
  readonly options: ReadonlySet<string>;
  /** `/bin` and the like: links into /usr, or directories on hosts that still keep them apart. */
  readonly systemLinks: readonly { readonly target: string; readonly at: string }[];
  readonly systemDirectories: readonly string[];
  readonly etc: readonly string[];
  /** Files of /proc that tell about the whole host and that this kernel has. */
  readonly maskedProc: readonly string[];
  /** The bot's own node, when it is not below /usr. */
  readonly tools: readonly { readonly source: string; readonly at: string }[];
  readonly toolLinks: readonly { readonly target: string; readonly at: string }[];
  /** The most files that a process may be allowed to have open. */
  readonly openFiles: number;
}

const newerOptions = ["--disable-userns", "--size", "--perms"];
const etc = [
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "alternatives",
  "localtime",
  "timezone",
  "ssl/certs",
  "ssl/openssl.cnf",
  "ca-certificates",
  "pki/tls/certs",
  "services",
  "protocols",
  "mime.types",
  "fonts",
  "chromium.d",
];
const maskedProc = ["/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/sched_debug"];

/**
 * Looks at the host.
 * @param bwrap name or path of bubblewrap
 * @param node path of the node that sandboxes get
 * @throws when bubblewrap cannot be started
 */
export async function inspectHost(bwrap: string, node: string): Promise<Host> {
  const ask = (option: string) =>
    launchOrThrow({ file: bwrap, args: [option], env: hostEnvironment, timeoutMs: 10_000 });
  const help = await ask("--help");
  const system = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"].filter((path) => existsSync(path));
  return {
    version: (await ask("--version")).trim().replace(/^bubblewrap /, ""),
    options: new Set(newerOptions.filter((option) => help.includes(`${option} `))),
    systemLinks: system.filter(isLink).map((path) => ({ target: readlinkSync(path), at: path })),
    systemDirectories: ["/usr", ...system.filter((path) => !isLink(path))],
    etc: etc.map((name) => `/etc/${name}`).filter((path) => existsSync(path)),
    maskedProc: maskedProc.filter((path) => existsSync(path)),
    ...toolsOf(realpathSync(node)),
    openFiles: Math.min(
      8_192,
      Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? 8_192),
    ),
  };
}

/** The one file and not its directory: beside a node there may be anything. npm comes along where it is installed with it. */
function toolsOf(node: string): Pick<Host, "tools" | "toolLinks"> {
  if (node.startsWith("/usr/")) return { tools: [], toolLinks: [] };
  const npm = join(dirname(dirname(node)), "lib/node_modules/npm");
  const tools = [{ source: node, at: "/opt/node/bin/node" }];
  if (!existsSync(join(npm, "bin/npm-cli.js"))) return { tools, toolLinks: [] };
  return {
    tools: [...tools, { source: npm, at: "/opt/node/lib/node_modules/npm" }],
    toolLinks: ["npm", "npx"].map((name) => ({
      target: `../lib/node_modules/npm/bin/${name}-cli.js`,
      at: `/opt/node/bin/${name}`,
    })),
  };
}

function isLink(path: string): boolean {
  return lstatSync(path).isSymbolicLink();
}
