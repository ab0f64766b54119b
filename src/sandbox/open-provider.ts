import { createBubblewrap } from "./bubblewrap.ts";
import { createDocker } from "./docker/provider.ts";
import type { SandboxProvider } from "./port.ts";
import { sweepSandboxes } from "./sweep.ts";

export interface ProviderSettings {
  readonly kind: "bubblewrap" | "docker";
  /** Of a Docker engine. */
  readonly image: string;
  readonly dockerSocket: string;
}

export interface OpenedProvider extends SandboxProvider {
  /** Removes what dead bots left on this host. @returns the names of what was removed */
  sweep(): Promise<readonly string[]>;
}

/**
 * What the operator has chosen to run other people's code in.
 * @param onCopied told once when files have to be copied, since they cannot lie over each other, with the reason
 */
export function openProvider(
  { kind, image, dockerSocket }: ProviderSettings,
  onCopied: (reason: string) => void = () => {},
): OpenedProvider {
  if (kind === "bubblewrap") return { ...createBubblewrap({ onCopied }), sweep: sweepSandboxes };
  const docker = createDocker({ image, socketPath: dockerSocket });
  // The containers first: they show the directories.
  return { ...docker, sweep: async () => [...(await docker.sweep()), ...(await sweepSandboxes())] };
}
