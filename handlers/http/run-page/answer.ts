/**
 * The page of a run and what belongs to it, whatever brings the requests: Express or a function. There is no sign-in; a signed link opens it,
 * and every other request gets the same answer, so that nobody learns what there is.
 */
import type { Clock } from "../../../src/clock.ts";
import { isRightLink } from "../../../src/domain/run-link.ts";
import { plainText } from "../../../src/logs/read-lines.ts";
import type { LinkKeyStore } from "../../../src/store/port.ts";
import { assets, assetPath } from "./assets.ts";
import { goneView } from "./gone-view.ts";
import { chunksOf, readChanges, readRunPage, type PageStore } from "./read.ts";
import { updateOf } from "./update.ts";
import { runPageView } from "./view.ts";

export interface RunPagesOptions {
  readonly store: PageStore & { readonly linkKeys: Pick<LinkKeyStore, "all"> };
  /** GitHub's web side, without a slash at its end. */
  readonly webUrl: string;
  readonly clock: Clock;
  /** `poll` where no connection can stay open. */
  readonly follow: "stream" | "poll";
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<string>;
}

export interface RunPages {
  /** @returns null for paths that belong to somebody else. */
  answer(path: string, query: URLSearchParams): Promise<PageAnswer | null>;
  /** The run whose changes are asked for, when path and link are right. */
  followed(path: string, query: URLSearchParams): Promise<string | null>;
}

const common = {
  "cache-control": "private, no-store",
  "referrer-policy": "no-referrer",
  "x-robots-tag": "noindex, nofollow",
  "x-content-type-options": "nosniff",
};
const pagePolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const filePolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

export function createRunPages({ store, webUrl, clock, follow }: RunPagesOptions): RunPages {
  const open = async (path: string, query: URLSearchParams): Promise<Opened | null> => {
    const [, runId = "", part = "", name = "", ...rest] = path.slice(1).split("/");
    const link = { runId, until: query.get("until"), key: query.get("key") };
    if (rest.length > 0 || !isRightLink(link, await store.linkKeys.all(), clock.now())) return null;
    return { runId, part, name, until: link.until ?? "", signature: `?until=${link.until}&key=${link.key}` };
  };
  const show = async (opened: Opened, query: URLSearchParams): Promise<PageAnswer | null> => {
    const { runId, part, name, signature } = opened;
    if (part === "" && name === "") {
      const page = await readRunPage(store, runId);
      const expiresAt = new Date(Number(opened.until) * 1_000);
      return (
        page &&
        htmlAnswer(
          200,
          runPageView(page, { webUrl, signature, expiresAt, now: clock.now(), assets: assetPath, follow }),
        )
      );
    }
    if (part === "changes" && name === "") {
      const changes = await readChanges(store, runId, Number(/^\d{1,9}$/.exec(query.get("after") ?? "")?.[0] ?? 0));
      return (
        changes && {
          status: 200,
          headers: { ...common, "content-type": "application/json; charset=utf-8" },
          body: JSON.stringify(updateOf(changes, clock.now())),
        }
      );
    }
    if (part === "logs" && /^\d{1,15}$/.test(name)) return logAnswer(runId, Number(name));
    if (part === "files" && /^\d{1,15}$/.test(name)) return fileAnswer(runId, Number(name));
    return null;
  };
  const logAnswer = async (runId: string, id: number): Promise<PageAnswer | null> => {
    const log = (await store.logs.of(runId)).find((one) => one.id === id);
    return log ? textAnswer(plainText(chunksOf(store, id))) : null;
  };
  const fileAnswer = async (runId: string, id: number): Promise<PageAnswer | null> => {
    const file = await store.logs.file(runId, id);
    if (file === null) return null;
    const name = (file.path.split("/").at(-1) ?? "").replaceAll(/[^\w.-]/g, "_").slice(-100);
    return textAnswer(file.text, { "content-disposition": `attachment; filename="${name}"` });
  };
  return {
    async answer(path, query) {
      const asset = assets.get(path);
      if (asset)
        return { status: 200, headers: { ...asset.headers, "x-content-type-options": "nosniff" }, body: asset.body };
      if (!path.startsWith("/runs/")) return null;
      const opened = await open(path, query);
      return (opened && (await show(opened, query))) ?? htmlAnswer(404, goneView());
    },
    async followed(path, query) {
      const opened = await open(path, query);
      return opened?.part === "changes" && opened.name === "" ? opened.runId : null;
    },
  };
}

interface Opened {
  readonly runId: string;
  readonly part: string;
  readonly name: string;
  readonly until: string;
  readonly signature: string;
}

function htmlAnswer(status: number, body: string): PageAnswer {
  const headers = { ...common, "content-type": "text/html; charset=utf-8", "content-security-policy": pagePolicy };
  return { status, headers, body };
}

function textAnswer(body: PageAnswer["body"], more: Readonly<Record<string, string>> = {}): PageAnswer {
  const headers = {
    ...common,
    "content-type": "text/plain; charset=utf-8",
    "content-security-policy": filePolicy,
    ...more,
  };
  return { status: 200, headers, body };
}
