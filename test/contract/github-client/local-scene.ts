import type { RepoRef, ThreadRef } from "../../../src/domain/ids.ts";
import { createGitHub, type GitHubApp } from "../../../src/github/client.ts";
import { createWriter, type Writer } from "../../../src/github/writer.ts";
import { silentLog } from "../../../src/log.ts";
import { openScene, type FlowScene } from "../local-github/flow-scene.ts";

/** The local GitHub in strict mode, and our client as an app that is installed there. */
export interface LocalScene extends FlowScene {
  readonly app: GitHubApp;
  readonly writer: Writer;
  /** As of a worker that takes a run over: it remembers nothing. */
  newWriter(): Writer;
  readonly ref: RepoRef;
  thread(number: number): ThreadRef;
}

export async function openLocal(): Promise<LocalScene> {
  const scene = await openScene();
  const made = await admin(scene, "apps", {
    manifest: {
      name: "codegen-client",
      url: "http://bot.test",
      default_permissions: {
        contents: "write",
        issues: "write",
        pull_requests: "write",
        checks: "write",
        statuses: "write",
        metadata: "read",
      },
      default_events: [],
    },
    owner: "octo",
  });
  const installation = await admin(scene, "installations", { app_id: made["app_id"], account: "octo" });
  const repository = scene.local.github.state.repositories[0];
  if (!repository) throw new Error("the scene lacks its repository");
  const ref = { installation: Number(installation["id"]), id: repository.id, owner: "octo", name: "shop" };
  return {
    ...scene,
    ref,
    thread: (number) => ({ repo: ref, number }),
    app: createGitHub({
      apiUrl: scene.local.url,
      webUrl: scene.local.url,
      appId: Number(made["app_id"]),
      privateKey: String(made["private_key"]),
      log: silentLog,
      redact: (text) => text.replaceAll("hunter2", "[redacted]"),
    }),
    writer: newWriter(),
    newWriter,
  };
}

function newWriter(): Writer {
  return createWriter({ fence: async () => {}, log: silentLog, lookAgainAfter: [1, 1, 1] });
}

async function admin(scene: FlowScene, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${scene.local.url}/_admin/${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}
