/** By what an application shows that it is ready: `validation.deploy.ready`. */
import { RE2JS } from "re2js";
import { z } from "zod";

/** A path or address that answers, a port that takes connections, or a line of its log. */
export type ReadySign =
  | { readonly by: "http"; readonly path: string; readonly port: number | null }
  | { readonly by: "port"; readonly port: number }
  | { readonly by: "log"; readonly text: string; readonly isPattern: boolean };

const hint =
  "must be a path such as /health, an address such as http://127.0.0.1:3000/health, a port, or a mapping with `log`";

const path = z
  .string(hint)
  .trim()
  .min(1)
  .max(500)
  .regex(/^(\/|https?:\/\/)\S*$/, hint);

/** Keys of several kinds at one place; each kind's own problems are said in full. */
export const Ready = z
  .union(
    [
      path.refine(
        (text) => addressOf(text) !== null,
        "must be an address of the sandbox itself: http://127.0.0.1:PORT/…",
      ),
      z.int().min(1).max(65_535),
      z.strictObject({
        log: z
          .string()
          .min(1)
          .max(300)
          .refine(isReadable, "is no valid pattern; a plain text is written without slashes around it"),
      }),
    ],
    { error: hint },
  )
  .transform(toSign);

function toSign(ready: string | number | { log: string }): ReadySign {
  if (typeof ready === "number") return { by: "port", port: ready };
  if (typeof ready === "string") return { by: "http", ...(addressOf(ready) ?? { path: ready, port: null }) };
  const pattern = patternOf(ready.log);
  return { by: "log", text: pattern ?? ready.log, isPattern: pattern !== null };
}

/** What stands between slashes is a pattern. */
function patternOf(text: string): string | null {
  return /^\/(.+)\/$/s.exec(text)?.[1] ?? null;
}

function isReadable(text: string): boolean {
  const pattern = patternOf(text);
  if (pattern === null) return true;
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

/** The application is reached within its sandbox only, so an address names nothing else. */
function addressOf(text: string): { path: string; port: number | null } | null {
  if (text.startsWith("/")) return { path: text, port: null };
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port, pathname, search } = new URL(text);
  if (protocol !== "http:" || !["127.0.0.1", "localhost"].includes(hostname)) return null;
  return { path: `${pathname}${search}`, port: port === "" ? 80 : Number(port) };
}
