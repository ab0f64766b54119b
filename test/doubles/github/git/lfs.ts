import { createHash, createHmac } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Actor } from "../auth.ts";
import { isObject } from "../rest/body.ts";
import { HttpProblem } from "../rest/problem.ts";
import type { RestAnswer } from "../rest/router.ts";
import type { GitHub } from "../state/github.ts";
import type { Repository } from "../state/repositories.ts";
import { openRepository } from "./git-access.ts";

const mediaType = "application/vnd.git-lfs+json";

/** Keeps an object of Git LFS as if somebody had pushed it. @returns the pointer file that belongs into the commit */
export async function storeLfsObject(github: GitHub, repository: Repository, content: Buffer): Promise<string> {
  const oid = createHash("sha256").update(content).digest("hex");
  await mkdir(join(github.dataDir, "lfs", String(repository.id)), { recursive: true });
  await writeFile(fileOf(github, repository.id, oid), content);
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
}

export interface LfsCall {
  readonly github: GitHub;
  readonly actor: Actor;
  readonly request: IncomingMessage;
  readonly owner: string;
  readonly repo: string;
  /** What follows `/info/lfs`. */
  readonly rest: string;
  readonly body: Buffer;
}

/** Answers the batch API for downloads (git-lfs docs/api/batch.md). Throws HttpProblem as GitHub does; other parts of LFS are 501 and a violation. */
export async function answerLfs(call: LfsCall): Promise<RestAnswer> {
  const { github, actor, request, owner, repo, rest } = call;
  const asked = `${request.method} ${rest}`;
  const service = "git-upload-pack";
  const repository = openRepository(github, { actor, owner, repo, query: "", operation: service, service });
  const { objects, operation } = asked === "POST /objects/batch" ? readBatch(call) : { objects: [], operation: asked };
  if (operation !== "download") {
    github.violations.push({ kind: "unknown-route", where: `LFS ${asked}`, problems: [`${operation} is not there`] });
    throw new HttpProblem(501, `the local GitHub has no LFS ${operation}`);
  }
  const answers = await Promise.all(
    objects.map(async ({ oid, size }) => {
      const there = await stat(fileOf(github, repository.id, oid)).catch(() => null);
      if (there?.size !== size)
        return { oid, size, error: { code: 404, message: "Object does not exist on the server" } };
      const href = `${github.url}/_lfs/${repository.id}/${oid}`;
      const header = { Authorization: `RemoteAuth ${grantFor(github, repository.id, oid)}` };
      return { oid, size, authenticated: true, actions: { download: { href, header, expires_in: 3600 } } };
    }),
  );
  const headers = { "Content-Type": mediaType };
  return { status: 200, body: { transfer: "basic", objects: answers, hash_algo: "sha256" }, headers };
}

/** Gives an object to who has the header of a batch answer. Any other credentials are a violation: they belong to another server. */
export async function giveLfsObject(
  github: GitHub,
  [, id = "", oid = ""]: RegExpExecArray,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { authorization } = request.headers;
  if (request.method !== "GET") throw new HttpProblem(405, "Method Not Allowed");
  if (authorization !== `RemoteAuth ${grantFor(github, Number(id), oid)}`) {
    if (authorization !== undefined)
      github.violations.push({ kind: "request", where: `GET /_lfs/${id}/${oid}`, problems: ["foreign credentials"] });
    throw new HttpProblem(403, "Forbidden");
  }
  const file = fileOf(github, Number(id), oid);
  const there = await stat(file).catch(() => null);
  if (there === null) throw new HttpProblem(404, "Not Found");
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": there.size });
  await pipeline(createReadStream(file), response);
}

function readBatch({ request, body }: LfsCall): { operation: string; objects: { oid: string; size: number }[] } {
  if (request.headers.accept !== mediaType) throw new HttpProblem(406, `Accept has to be ${mediaType}`);
  if (request.headers["content-type"] !== mediaType) throw new HttpProblem(415, `Content-Type has to be ${mediaType}`);
  const value: unknown = JSON.parse(body.toString());
  if (!isObject(value) || !Array.isArray(value["objects"]) || typeof value["operation"] !== "string")
    throw new HttpProblem(422, "operation and objects are needed");
  if (value["hash_algo"] !== undefined && value["hash_algo"] !== "sha256")
    throw new HttpProblem(409, "the hash algorithm is sha256");
  const objects = value["objects"].map((object: unknown) => {
    const { oid, size } = isObject(object) ? object : {};
    if (typeof oid !== "string" || !/^[0-9a-f]{64}$/.test(oid) || !Number.isSafeInteger(size) || Number(size) < 0)
      throw new HttpProblem(422, "an object needs its oid, 64 hex digits, and its size");
    return { oid, size: Number(size) };
  });
  if (objects.length > 100) throw new HttpProblem(413, "The batch is too large");
  return { operation: value["operation"], objects };
}

function fileOf(github: GitHub, repositoryId: number, oid: string): string {
  return join(github.dataDir, "lfs", String(repositoryId), oid);
}

function grantFor(github: GitHub, repositoryId: number, oid: string): string {
  return createHmac("sha256", github.dataDir).update(`${repositoryId}/${oid}`).digest("hex");
}
