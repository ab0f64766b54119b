import { messageOf, TransientError } from "../errors.ts";

/** PostgreSQL's error classes that may pass: connection, rollback (deadlock, serialisation), resources, operator, system. */
const mayPass = /^(?:08|40|53|57|58)/;
const networkError = /^E[A-Z]+$/;

/**
 * The same object, but its errors are short and ours: drizzle's hold the whole statement with all values (megabytes, and
 * other people's text), PGlite's print their source line.
 */
export function guarded<T extends object>(name: string, part: T): T {
  return new Proxy(part, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== "function") return member;
      return async (...values: unknown[]): Promise<unknown> => {
        try {
          return await Reflect.apply(member, target, values);
        } catch (error) {
          throw briefly(`${name}.${String(property)}`, error);
        }
      };
    },
  });
}

function briefly(where: string, error: unknown): unknown {
  if (error instanceof RangeError) return error;
  const root = rootOf(error);
  const text = `the store failed in ${where}: ${messageOf(root).slice(0, 300)}`;
  const code = typeof root === "object" && root !== null && "code" in root ? String(root.code) : "";
  const passes = mayPass.test(code) || networkError.test(code) || /connection|timeout|closed/i.test(messageOf(root));
  return passes ? new TransientError(text) : new Error(text);
}

/** What drizzle's error is about. */
export function rootOf(error: unknown): unknown {
  const cause = typeof error === "object" && error !== null && "cause" in error ? error.cause : undefined;
  return cause === undefined ? error : rootOf(cause);
}
