import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { createDocker, type DockerProvider } from "../../../src/sandbox/docker/provider.ts";
import { startDockerDouble, type DockerDouble } from "../../doubles/docker/engine.ts";

/** A real engine to test with instead of the stand-in: its socket, and an image with node, curl and coreutils. */
const { CODEGEN_TEST_DOCKER: realSocket, CODEGEN_TEST_DOCKER_IMAGE: realImage } = process.env;

export interface TestEngine {
  readonly provider: DockerProvider;
  close(): Promise<void>;
}

/** The stand-in, or the engine that was named; what was asked of the stand-in has to be what an engine knows. */
export async function openEngine(): Promise<TestEngine> {
  if (realSocket !== undefined && realImage !== undefined)
    return { provider: createDocker({ socketPath: realSocket, image: realImage }), close: async () => {} };
  const double = await startDockerDouble([image]);
  return {
    provider: createDocker({ socketPath: double.socketPath, image }),
    async close() {
      expect(double.odd).toEqual([]);
      expect(double.containers).toEqual([]);
      await double.close();
    },
  };
}

export const image = "node:24-trixie";

export interface Scene {
  readonly double: DockerDouble;
  readonly provider: DockerProvider;
  /** Waits for each answer two seconds only. */
  readonly impatient: DockerProvider;
  readonly workspace: string;
  close(): Promise<void>;
}

/** A stand-in to do harm to. */
export async function openScene(): Promise<Scene> {
  const double = await startDockerDouble([image]);
  const workspace = await mkdtemp(join(tmpdir(), "codegen-test-"));
  await writeFile(join(workspace, "kept.txt"), "kept\n");
  return {
    double,
    workspace,
    provider: createDocker({ socketPath: double.socketPath, image }),
    impatient: createDocker({ socketPath: double.socketPath, image, deadlineMs: 2_000 }),
    async close() {
      await double.close();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}
