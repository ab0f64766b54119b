/**
 * The download side of Git LFS' batch API, with the basic transfer. What the server answers is not trusted: the token goes to the server of the
 * repository alone, and nobody but the caller's hash decides whether a content is right.
 * @see https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
 */
import { z } from "zod";
import { Cancelled, RateLimited, TransientError, UserError } from "../errors.ts";
import type { LfsPointer } from "./lfs-pointer.ts";
import type { Remote } from "./mirror.ts";

export interface LfsDownload {
  readonly href: string;
  readonly header: Readonly<Record<string, string>>;
}

/** Objects that one question may be about. */
export const mostInBatch = 100;

const mediaType = "application/vnd.git-lfs+json";
const askMs = 30_000;
const longestAnswer = 4_000_000;
const mostRedirects = 5;
/** Bytes in a second below which a download is given up. */
const slowest = 50_000;

const Answer = z.object({
  transfer: z.literal("basic").optional(),
  hash_algo: z.literal("sha256").optional(),
  objects: z.array(
    z.object({
      oid: z.string(),
      size: z.number().optional(),
      actions: z
        .object({
          download: z.object({
            href: z.string().max(8_000),
            header: z.record(z.string().max(200), z.string().max(8_000)).optional(),
          }),
        })
        .optional(),
      error: z.object({ code: z.number() }).optional(),
    }),
  ),
});

/**
 * Where the contents of up to a hundred pointers are, by their hash; those that the server does not have are left out.
 * @throws UserError when the server does not give LFS to us, TransientError when it is away or answers what is none
 */
export async function findLfsObjects(
  remote: Remote,
  pointers: readonly LfsPointer[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LfsDownload>> {
  const url = `${remote.url}/info/lfs/objects/batch`;
  const objects = pointers.map(({ sha256, size }) => ({ oid: sha256, size }));
  const response = await get(url, signal, askMs, {
    method: "POST",
    headers: { ...authorization(remote), accept: mediaType, "content-type": mediaType },
    body: JSON.stringify({ operation: "download", transfers: ["basic"], hash_algo: "sha256", objects }),
  });
  if (response.status !== 200) throw await refused(response, remote.url);
  const chunks: Uint8Array[] = [];
  for await (const chunk of bodyOf(response, longestAnswer, signal)) chunks.push(chunk);
  const answer = Answer.safeParse(parseJson(Buffer.concat(chunks).toString("utf8")));
  if (!answer.success) throw new TransientError(`${url} gave an answer that is not of Git LFS' batch API.`);
  const wanted = new Map(pointers.map(({ sha256, size }) => [sha256, size]));
  const found = new Map<string, LfsDownload>();
  for (const { oid, size, actions, error } of answer.data.objects)
    if (actions !== undefined && error === undefined && wanted.get(oid) === (size ?? wanted.get(oid)))
      found.set(oid, { href: actions.download.href, header: actions.download.header ?? {} });
  return found;
}

/**
 * The bytes of an object as they come, no more than it says that it has. Redirects are followed without any header.
 * @throws UserError for an address that may not be asked, or that has nothing; TransientError when it is away
 */
export async function* downloadLfsObject(
  remote: Remote,
  { href, header }: LfsDownload,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ms = askMs + Math.ceil((size / slowest) * 1_000);
  let address = checkAddress(href, remote);
  let headers = headersOf({ ...ownHeaders(address, header, remote), ...header });
  for (let hops = 0; ; hops += 1) {
    const response = await get(address.href, signal, ms, { headers });
    const location = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get("location") : null;
    if (location === null) {
      if (response.status !== 200) throw await refused(response, address.origin);
      return yield* bodyOf(response, size, signal);
    }
    await response.body?.cancel();
    if (hops >= mostRedirects || !URL.canParse(location, address.href))
      throw new UserError(`${address.host} sends us on and on for an object of Git LFS.`);
    address = checkAddress(new URL(location, address.href).href, remote);
    headers = headersOf({});
  }
}

/** The server of the repository asks for the token, unless it has given something else for that. */
function ownHeaders(address: URL, header: LfsDownload["header"], remote: Remote): Record<string, string> {
  const isGiven = Object.keys(header).some((name) => name.toLowerCase() === "authorization");
  return !isGiven && address.origin === new URL(remote.url).origin ? authorization(remote) : {};
}

function headersOf(given: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers({ "accept-encoding": "identity", ...given });
  } catch (error) {
    throw new UserError("The server of Git LFS names headers that cannot be sent.", { cause: error });
  }
}

function authorization({ token }: Remote): Record<string, string> {
  if (token === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}` };
}

function checkAddress(href: string, remote: Remote): URL {
  const address = URL.canParse(href) ? new URL(href) : null;
  const isOwn = address?.origin === new URL(remote.url).origin;
  if (address === null || (address.protocol !== "https:" && !isOwn))
    throw new UserError("The server of Git LFS names an address that is not https, which is not asked.");
  if (address.username !== "" || address.password !== "")
    throw new UserError("The server of Git LFS names an address with a name or password in it, which is not asked.");
  return address;
}

async function get(url: string, signal: AbortSignal, ms: number, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ms)]),
    });
  } catch (error) {
    throw explain(error, new URL(url).host, signal);
  }
}

async function* bodyOf(response: Response, most: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  let size = 0;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > most)
        throw new UserError(`The server of Git LFS sends more than the ${most} bytes that there may be.`);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof UserError ? error : explain(error, "the server of Git LFS", signal);
  }
}

function explain(error: unknown, host: string, signal: AbortSignal): Error {
  if (signal.aborted) {
    const reason: unknown = signal.reason;
    return reason instanceof Error && reason.name !== "AbortError"
      ? reason
      : new Cancelled("cancelled", "Fetching from Git LFS was cancelled");
  }
  return new TransientError(`Git LFS: ${host} cannot be reached, took too long or broke off.`, { cause: error });
}

async function refused(response: Response, where: string): Promise<Error> {
  await response.body?.cancel();
  const { status } = response;
  const said = `Git LFS: ${where} answered ${status}`;
  if (status === 429) {
    const seconds = Number(response.headers.get("retry-after"));
    return new RateLimited(`${said}.`, (seconds > 0 && seconds <= 3_600 ? seconds : 60) * 1_000);
  }
  if (status === 507 || status === 509) return new UserError(`${said}: the account's quota for Git LFS is used up.`);
  if (status >= 500 && status !== 501) return new TransientError(`${said}.`);
  return new UserError(`${said}: it does not give the files of Git LFS to this App.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
