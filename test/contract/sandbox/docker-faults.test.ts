import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TransientError, UserError } from "../../../src/errors.ts";
import { connectEngine } from "../../../src/sandbox/docker/engine.ts";
import { createDocker } from "../../../src/sandbox/docker/provider.ts";
import { ownedName } from "../../../src/sandbox/owner.ts";
import { smallLimits } from "./bots.ts";
import { image, openScene, type Scene } from "./docker-engine.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const create = (provider = scene.provider) => provider.create({ workspace: scene.workspace, limits: smallLimits });

describe("a Docker engine", () => {
  test("that works says so, after a command has run and its file has arrived", async () => {
    const probe = await scene.provider.probe();
    expect(probe).toMatchObject({ ok: true, version: "20.10.24+dfsg1", problems: [] });
    expect(probe.limits).toContain("cgroup v1");
    expect(scene.double.containers).toEqual([]);
  });

  test("makes containers that may next to nothing", async () => {
    const sandbox = await create();
    const { HostConfig: host, ...body } = scene.double.bodyOf(scene.double.containers[0] ?? "");
    expect(body.User).not.toMatch(/^0:|:0$/);
    expect(host).toMatchObject({
      AutoRemove: true,
      Init: true,
      NetworkMode: "none",
      IpcMode: "private",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      PidsLimit: smallLimits.processes,
      Memory: smallLimits.memory,
      MemorySwap: smallLimits.memory,
      NanoCpus: 2_000_000_000,
      LogConfig: { Type: "none" },
    });
    expect(Object.keys(host)).not.toContain("Privileged");
    const writable = host.Mounts.filter(({ ReadOnly: readOnly }) => !readOnly);
    expect(writable.map(({ Target: at }) => at)).toEqual(["/workspace", "/home/codegen"]);
    expect(JSON.stringify(host.Mounts)).not.toContain("docker.sock");
    await sandbox.destroy();
    expect(scene.double.containers).toEqual([]);
  });

  test("that is not there, is no engine, or may not be used, is told with what to do", async () => {
    const away = createDocker({ socketPath: "/nowhere/docker.sock", image });
    expect((await away.probe()).problems).toEqual([expect.stringContaining("sudo systemctl start docker")]);
    await expect(away.create({ workspace: scene.workspace, limits: smallLimits })).rejects.toThrow(UserError);
    const ask = (code: string) =>
      connectEngine("/run/docker.sock", 1_000).ask("say what it is", () =>
        Promise.reject(Object.assign(new Error(`connect ${code}`), { code })),
      );
    await expect(ask("EACCES")).rejects.toThrow("usermod -aG docker");
    await expect(ask("ENOTSOCK")).rejects.toThrow("DOCKER_HOST");
    await expect(ask("ECONNRESET")).rejects.toThrow(TransientError);
  });

  test("without the image says which command fetches it", async () => {
    const provider = createDocker({ socketPath: scene.double.socketPath, image: "node:99" });
    await expect(provider.base()).rejects.toThrow("docker pull node:99");
    expect(await scene.provider.base()).toMatch(/^docker sha256:[0-9a-f]{64}$/);
    expect(await provider.probe()).toMatchObject({
      ok: false,
      problems: [expect.stringContaining("docker pull node:99")],
    });
  });

  test.each([
    [{ MemoryLimit: false }, "bound memory"],
    [{ PidsLimit: false }, "bound the number of processes"],
    [{ OSType: "windows" }, "windows containers"],
    [{ SecurityOptions: ["name=seccomp,profile=default", "name=rootless"] }, "rootless"],
  ])("that says %j is not used", async (info, words) => {
    scene.double.say(info);
    expect(await scene.provider.probe()).toMatchObject({ ok: false, problems: [expect.stringContaining(words)] });
    expect(scene.double.asked).toEqual(["GET /info"]);
  });

  test.each(["GET /info", "POST /containers/create", "POST /containers/{id}/start", "POST /exec/{id}/start"])(
    "that hangs at %s is given up in time",
    async (route) => {
      scene.double.next(route, "hang");
      expect((await scene.impatient.probe()).problems).toEqual([expect.stringContaining("within 2 seconds")]);
      expect(scene.double.containers).toEqual([]);
    },
  );

  test("that hangs while a command runs does not outlast the time limit of it", async () => {
    const sandbox = await create(scene.impatient);
    const onOutput = () => {
      for (const route of ["POST /containers/{id}/exec", "DELETE /containers/{id}"]) scene.double.next(route, "hang");
    };
    const result = await sandbox.exec({ run: "echo up; sleep 1000", timeoutMs: 2_000, onOutput });
    expect(result).toMatchObject({ end: "timed-out", output: "up\n" });
    await sandbox.destroy();
  });

  test("that refuses to make a container says why, and leaves nothing", async () => {
    scene.double.next("POST /containers/{id}/start", { status: 500, message: "no space left on device" });
    await expect(create()).rejects.toThrow(
      "cannot give a sandbox: (HTTP code 500) server error - no space left on device",
    );
    expect(scene.double.containers).toEqual([]);
  });
});

describe("a container that dies", () => {
  test("ends what runs in it, and the next command has a new one with the same files", async () => {
    const sandbox = await create();
    const program = await sandbox.start({ run: ["sh", "-c", "echo kept >later; echo up; sleep 1000"] });
    await once(program.stdout, "data");
    const command = sandbox.exec({
      run: "echo up; sleep 1000",
      timeoutMs: 20_000,
      onOutput: () => scene.double.killAll(),
    });
    expect(await command).toMatchObject({ end: "killed", code: null });
    expect(await program.ended).toEqual({ end: "killed", code: null });
    expect(await sandbox.exec({ run: "cat later", timeoutMs: 20_000 })).toMatchObject({
      end: "exited",
      output: "kept\n",
    });
    await sandbox.destroy();
    await expect(sandbox.exec({ run: "true", timeoutMs: 1_000 })).rejects.toThrow("has been destroyed");
  });

  test("with its bot ends by itself; what is left all the same is swept, and nothing else", async () => {
    const { double, provider } = scene;
    const living = await create();
    const dead = ownedName("container").replace(/\.\d+\.\d+-/, ".1.1-");
    const strangers = connectEngine(double.socketPath, 1_000);
    const body = double.bodyOf(double.containers[0] ?? "");
    const labels = [dead, "codegen-sandbox-1.2.3-another-machine"];
    for (const owner of labels)
      await strangers.ask("make a container", (docker) =>
        docker.createContainer({ ...body, Labels: { "codegen.sandbox": owner } } as object),
      );
    expect(await provider.sweep()).toHaveLength(1);
    expect(double.containers.map((id) => double.bodyOf(id).Labels["codegen.sandbox"])).toEqual([
      body.Labels["codegen.sandbox"],
      labels[1],
    ]);
    expect(await living.exec({ run: "echo alive", timeoutMs: 20_000 })).toMatchObject({ output: "alive\n" });
    await living.destroy();
  });
});

test("the files of a sandbox are gone with it", async () => {
  const sandbox = await create();
  await sandbox.exec({ run: "mkdir locked; echo x >locked/file; chmod 0 locked", timeoutMs: 20_000 });
  await sandbox.destroy();
  await sandbox.destroy();
  expect(existsSync(join(sandbox.directory, ".."))).toBe(false);
});
