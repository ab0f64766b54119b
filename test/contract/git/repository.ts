import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { toSha, type Sha } from "../../../src/domain/ids.ts";
import { execHttpBackend } from "../../doubles/github/git/run-git.ts";
import { passOn } from "../../doubles/github/git/smart-http.ts";
import { outputSync } from "../../support/run-sync.ts";

const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.com",
};

export type Content = string | Buffer | { readonly link: string } | { readonly executable: string } | undefined;

/** A repository on disk that serves as the remote; `undefined` deletes a file. */
export interface TestRepository {
  readonly directory: string;
  readonly url: string;
  git(...args: readonly string[]): string;
  /** With standard input. */
  gitWith(input: Buffer, ...args: readonly string[]): string;
  commit(files: Readonly<Record<string, Content>>): Sha;
}

/** Makes temporary directories and removes them together. */
export function temporary() {
  const made: string[] = [];
  return {
    directory(): string {
      const path = mkdtempSync(join(tmpdir(), "codegen-git-"));
      made.push(path);
      return path;
    },
    repository(): TestRepository {
      return repositoryAt(this.directory());
    },
    removeAll(): void {
      for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
    },
  };
}

function repositoryAt(directory: string): TestRepository {
  const gitWith = (input: Buffer, ...args: readonly string[]) =>
    outputSync("git", ["-C", directory, ...args], { env: environment, input });
  const git = (...args: readonly string[]) => gitWith(Buffer.alloc(0), ...args);
  git("init", "-q", "-b", "main");
  // What a test puts in is what is stored, also where its .gitattributes would convert it.
  put(directory, ".git/info/attributes", "* -text !eol -ident -filter !working-tree-encoding\n");
  return {
    directory,
    url: `file://${directory}`,
    git,
    gitWith,
    commit(files) {
      for (const [path, content] of Object.entries(files)) put(directory, path, content);
      git("add", "-A", "-f");
      git("-c", "maintenance.auto=false", "commit", "-q", "--allow-empty", "-m", "x");
      return toSha(git("rev-parse", "HEAD").trim());
    },
  };
}

export function put(directory: string, path: string, content: Content): void {
  const file = join(directory, path);
  rmSync(file, { recursive: true, force: true });
  if (content === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  if (typeof content === "string" || Buffer.isBuffer(content)) writeFileSync(file, content);
  else if ("link" in content) symlinkSync(content.link, file);
  else {
    writeFileSync(file, content.executable);
    chmodSync(file, 0o755);
  }
}

/** Serves one repository over smart HTTP by `git http-backend`, and remembers what it was asked. */
export async function serve(directory: string) {
  const requests: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    requests.push({ url: url.pathname + url.search, headers: request.headers });
    const env = {
      ...environment,
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      PATH_INFO: url.pathname.replace(/^\/repo\.git/, "/.git"),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
    };
    const { stdout } = await execHttpBackend({ env, input: await buffer(request) });
    if (passOn(stdout, response)) response.end();
    else response.destroy();
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/repo.git`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
