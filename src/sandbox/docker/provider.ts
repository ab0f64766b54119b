import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { isLeftover, ownedName } from "../owner.ts";
import { defaultLimits, type SandboxProbe, type SandboxProvider } from "../port.ts";
import { ownerLabel } from "./container-spec.ts";
import { connectEngine, statusOf, type Engine } from "./engine.ts";
import { openSandbox } from "./open-sandbox.ts";

export interface DockerOptions {
  /** Name of an image that the engine has; with `node` and `/bin/sh` in it. */
  readonly image: string;
  /** The engine's socket on this machine. */
  readonly socketPath: string;
  /** For each answer of the engine; default 20 s. */
  readonly deadlineMs?: number;
}

export interface DockerProvider extends SandboxProvider {
  /** Removes the containers that dead bots left with this engine. @returns their names */
  sweep(): Promise<readonly string[]>;
}

/** Sandboxes by a Docker engine of this machine, for where bubblewrap is not possible: one container each, never root, without network. */
export function createDocker(options: DockerOptions): DockerProvider {
  const engine = connectEngine(options.socketPath, options.deadlineMs ?? 20_000);
  const { image } = options;
  const open: Open = async (request) => {
    try {
      return await openSandbox(engine, image, request);
    } catch (error) {
      if (statusOf(error) === undefined) throw error;
      throw new UserError(`The Docker engine cannot give a sandbox: ${refusal(image, error)}`, { cause: error });
    }
  };
  return {
    name: "docker",
    create: open,
    probe: () => probe(engine, image, open),
    base: () => imageId(engine, image),
    sweep: () => sweep(engine),
  };
}

type Open = SandboxProvider["create"];

/** A name can be given to another image; what an image is called by its content stays. */
async function imageId(engine: Engine, image: string): Promise<string> {
  const asked = engine.ask("describe an image", (docker, abortSignal) => {
    // The typings do not know the second.
    const options = { manifests: false, abortSignal };
    return docker.getImage(image).inspect(options);
  });
  const { Id: id } = await asked.catch((error: unknown) => {
    throw statusOf(error) === 404
      ? new UserError(`The Docker engine has no image ${image}. ${fetching(image)}`)
      : error;
  });
  return `docker ${id}`;
}

async function probe(engine: Engine, image: string, open: Open): Promise<SandboxProbe> {
  const found: { version?: string; limits: string; files?: string } = { limits: "none" };
  try {
    const info = await engine.ask("say what it is", (docker, abortSignal) =>
      // The typings do not know that it takes options.
      (docker as unknown as { info(options: object): Promise<EngineInfo> }).info({ abortSignal }),
    );
    found.version = info.ServerVersion;
    const lacking = lacks(info);
    if (lacking.length > 0) return { ok: false, ...found, problems: lacking };
    found.limits = `cgroup v${info.CgroupVersion ?? "1"} by the engine, for each sandbox by itself`;
    found.files = "a copy of the workspace for each sandbox, whose size is looked at every second";
    const problems = await tryOut(open);
    return { ok: problems.length === 0, ...found, problems };
  } catch (error) {
    return { ok: false, ...found, problems: [messageOf(error)] };
  }
}

interface EngineInfo {
  readonly ServerVersion: string;
  readonly CgroupVersion?: string;
  readonly MemoryLimit: boolean;
  readonly PidsLimit?: boolean;
  readonly CpuCfsQuota: boolean;
  readonly OSType?: string;
  readonly SecurityOptions?: readonly string[];
}

function lacks(info: EngineInfo): readonly string[] {
  if (info.OSType !== undefined && info.OSType !== "linux")
    return [`The Docker engine runs ${info.OSType} containers: sandboxes need Linux ones.`];
  if (info.SecurityOptions?.some((option) => option.startsWith("name=rootless")) === true)
    return [
      "The Docker engine is rootless: in its containers the files of this machine belong to root, and sandboxes are never root. Use an engine started by root, or bubblewrap.",
    ];
  const limits = [
    ["memory", info.MemoryLimit],
    ["the number of processes", info.PidsLimit !== false],
    ["cores", info.CpuCfsQuota],
  ] as const;
  return limits
    .filter(([, has]) => !has)
    .map(
      ([what]) =>
        `The Docker engine cannot bound ${what}: let the kernel have that cgroup controller (\`docker info\` names what is missing).`,
    );
}

const tryText = "written by the bot\n";

/** Runs one command in a sandbox and looks at what it wrote: an engine on another machine, or in another container, sees other files. */
async function tryOut(open: Open): Promise<readonly string[]> {
  const workspace = await mkdtemp(join(tmpdir(), ownedName("probe-")));
  try {
    await writeFile(join(workspace, "from-the-bot"), tryText);
    const sandbox = await open({ workspace, limits: defaultLimits });
    try {
      const run = "cp from-the-bot from-inside && id -u && node --version";
      const result = await sandbox.exec({ run, timeoutMs: 10_000 });
      const written = await readFile(join(sandbox.directory, "from-inside"), "utf8").catch(() => "");
      if (result.end !== "exited" || result.code !== 0)
        return [
          `A command in a container ended as ${result.end} with code ${result.code}: ${result.output.trim()}. The image needs \`node\` and \`/bin/sh\`; the engine has to see this machine's files below ${tmpdir()}, so it must not run on another machine.`,
        ];
      if (written !== tryText)
        return [
          `What a container writes does not arrive in ${tmpdir()}: the engine runs on another machine or the bot in another container. Let both see the same directory, and name it in TMPDIR.`,
        ];
      return result.output.startsWith("0\n") ? ["The engine runs containers as root, whatever was asked of it."] : [];
    } finally {
      await sandbox.destroy();
    }
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function sweep(engine: Engine): Promise<readonly string[]> {
  const filters = { label: [ownerLabel] };
  const containers = await engine.ask("list containers", (docker, abortSignal) =>
    docker.listContainers({ all: true, filters, abortSignal }),
  );
  const left = containers.filter(({ Labels: labels }) => isLeftover(labels[ownerLabel] ?? ""));
  for (const { Id: id } of left)
    await engine
      .ask("remove a container", (docker, abortSignal) =>
        docker.getContainer(id).remove({ force: true, v: true, abortSignal }),
      )
      .catch((error: unknown) => {
        // It is being removed, or is gone by now.
        if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
      });
  return left.map(({ Names: names, Id: id }) => names[0]?.slice(1) ?? id);
}

function refusal(image: string, error: unknown): string {
  const said = messageOf(error).trim();
  if (statusOf(error) === 404 && /no such image/i.test(said)) return `it has no image ${image}. ${fetching(image)}`;
  return said;
}

function fetching(image: string): string {
  return `Fetch it with \`docker pull ${image}\`, or name another one in CODEGEN_SANDBOX_IMAGE.`;
}
