import { join } from "node:path";
import { toSha, type Sha } from "../../../src/domain/ids.ts";
import type { ExtrasWish } from "../../../pipelines/extras.ts";
import { addExtras } from "../../../pipelines/extras.ts";
import { defaultConfig } from "../../../src/config/schema.ts";
import { readChanges } from "../../../src/workspace/changes.ts";
import { checkout } from "../../../src/workspace/checkout.ts";
import type { Extras } from "../../../src/workspace/extras.ts";
import { openMirror } from "../../../src/workspace/mirror.ts";
import { execGit, gitEnvironment } from "../../doubles/github/git/run-git.ts";
import { createRepository } from "../../doubles/github/operations/repositories.ts";
import type { Repository } from "../../doubles/github/state/repositories.ts";
import { openLocal, type LocalScene } from "../github-client/local-scene.ts";
import { temporary, type TestRepository } from "./repository.ts";

/** The local GitHub with repositories that are pushed to, and workspaces of `octo/shop` with what is listed besides. */
export interface ExtrasScene extends LocalScene {
  readonly places: ReturnType<typeof temporary>;
  /** A repository on the local GitHub; `octo` has the App, others do not. */
  make(owner: string, name: string, options?: { readonly private?: boolean }): Promise<Repository>;
  /** Pushes what is checked out, to a branch of its own. */
  push(from: TestRepository, owner: string, name: string): Promise<Sha>;
  /** @returns the directory and what was put there */
  open(
    wish: { readonly commit: Sha; readonly environment?: Partial<ExtrasWish["environment"]> } & Partial<
      Omit<ExtrasWish, "environment">
    >,
  ): Promise<Opened>;
}

export interface Opened {
  readonly directory: string;
  readonly extras: Extras;
  readonly changes: () => ReturnType<typeof readChanges>;
}

export async function openExtrasScene(): Promise<ExtrasScene> {
  const scene = await openLocal();
  const { github } = scene.local;
  const places = temporary();
  const dataDir = places.directory();
  await fetch(`${scene.local.url}/_admin/users`, { method: "POST", body: JSON.stringify({ login: "other" }) });
  const accountOf = (login: string) => {
    const owner = github.state.accounts.find((account) => account.login === login);
    const token = github.state.userTokens.find(({ userId }) => userId === owner?.id)?.token;
    if (owner === undefined || token === undefined) throw new Error(`no account ${login}`);
    return { owner, token };
  };
  let opened = 0;
  return {
    ...scene,
    places,
    async make(login, name, options = {}) {
      const { owner } = accountOf(login);
      const settings = { private: options.private === true };
      return createRepository(github, { kind: "user", user: owner }, { owner, name, settings, autoInit: false });
    },
    async push(from, login, name) {
      const url = new URL(`${scene.local.url}/${login}/${name}.git`);
      Object.assign(url, { username: "x", password: accountOf(login).token });
      const sha = toSha(from.git("rev-parse", "HEAD").trim());
      // Not in one go: the server is in this process.
      const to = [url.href, `HEAD:refs/heads/${sha.slice(0, 12)}`];
      const args = ["-C", from.directory, "push", "-q", "-f", ...to];
      const { code, stderr } = await execGit({ args, env: gitEnvironment(), input: "" });
      if (code !== 0) throw new Error(stderr);
      return sha;
    },
    async open({ commit, base = commit, fromFork = false, environment }) {
      const mirror = openMirror({ dataDir, repositoryId: scene.ref.id });
      const token = await scene.app.gitToken(scene.ref);
      for (const sha of [commit, base]) await mirror.ensureCommit({ url: scene.app.cloneUrl(scene.ref), token, sha });
      const directory = join(dataDir, `workspace-${++opened}`);
      await checkout({ mirror, treeish: commit, directory });
      const extras = await addExtras(
        { github: scene.app, dataDir },
        { environment: { ...defaultConfig.environment, ...environment }, base, fromFork },
        { repo: scene.ref, mirror, treeish: commit, directory, signal: new AbortController().signal },
      );
      return { directory, extras, changes: () => readChanges(mirror, commit, directory, extras) };
    },
    async close() {
      await scene.close();
      places.removeAll();
    },
  };
}
