/** What `codegen doctor` says, as plain text for a terminal. */

export const doctorHelp = `codegen doctor [--json]

Tries what runs other people's code on this host, each kind in earnest, and looks at what else the bot needs. It changes nothing.
The variables are those of the bot; CODEGEN_SANDBOX chooses the kind.

Exit code 0: the chosen kind works. 1: it does not.`;

/** One kind of sandbox, as it was found. */
export interface SandboxFinding {
  readonly name: string;
  readonly chosen: boolean;
  readonly ok: boolean;
  readonly version?: string;
  readonly limits: string;
  readonly files?: string;
  readonly problems: readonly string[];
}

/** Another part of the host. */
export interface HostFinding {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly problems: readonly string[];
}

export interface DoctorFindings {
  readonly sandboxes: readonly SandboxFinding[];
  readonly host: readonly HostFinding[];
}

/** A line for each part, and below it what is missing and how to mend it. */
export function doctorReport({ sandboxes, host }: DoctorFindings): string {
  const width = Math.max(...[...sandboxes, ...host].map(({ name }) => name.length));
  const line = ({ name, ok, problems }: SandboxFinding | HostFinding, found: string) => [
    `${ok ? "✓" : "✗"} ${name.padEnd(width)}  ${found}`.trimEnd(),
    ...problems.map((problem) => `    → ${problem}`),
  ];
  const chosen = sandboxes.find((one) => one.chosen);
  return [
    "Sandboxes",
    ...sandboxes.flatMap((one) => line(one, sandboxFound(one))),
    "",
    "This host",
    ...host.flatMap((one) => line(one, one.found)),
    "",
    chosen?.ok === true
      ? `Sandboxes are made by ${chosen.name}, which works here.`
      : `Nothing of a pull can run here: ${chosen?.name ?? "no kind"} is chosen, and does not work.`,
  ].join("\n");
}

export function nodeTooOld(version: string, wanted: string): string {
  return `This is Node ${version}, and the bot needs ${wanted}: install it, or start the bot by \`npm start\`, which brings its own along after \`npm ci\`.`;
}

export function gitMissing(): string {
  return "git is missing: `sudo apt-get install git`.";
}

export function gitTooOld(wanted: string): string {
  return `It cannot merge without a work tree: install git ${wanted} or newer (\`sudo apt-get install git\`).`;
}

export function chromiumMissing(): string {
  return "Without it no page can be checked in a browser: `sudo apt-get install chromium`, or name yours in CHROMIUM_PATH.";
}

export function dataFolder(path: string, freeBytes: number, exists: boolean): string {
  return `${path}, ${(freeBytes / 1024 ** 3).toFixed(1)} GB free${exists ? "" : ", to be made at the first start"}`;
}

export function dataFolderShut(path: string, problem: string): string {
  return `The bot's user cannot write to ${path} (${problem}): \`sudo chown -R USER ${path}\`, or name another folder in CODEGEN_DATA_DIR.`;
}

export function dataFolderFull(): string {
  return "Mirrors, workspaces and snapshots need room: free some, or name a folder of a bigger disk in CODEGEN_DATA_DIR.";
}

export function embedded(what: "store" | "queue"): string {
  return what === "store" ? "embedded, in the data folder" : "beside the store";
}

export function reached(what: string, place: string): string {
  return `${what} at ${place}`;
}

export function unreachable(variable: string, place: string, problem: string): string {
  return `${place} does not answer (${problem}): start it, or correct ${variable}.`;
}

export function variablesFound(ok: boolean): string {
  return ok ? "complete" : "the bot would not start";
}

function sandboxFound({ ok, chosen, version, limits, files }: SandboxFinding): string {
  const facts = [version, ok ? limits : undefined, ok ? files : undefined].filter((fact) => fact !== undefined);
  return [...facts.map((fact) => fact.replace(/\.$/, "")), ...(chosen ? ["chosen"] : [])].join("; ");
}
