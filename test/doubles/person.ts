/** A person with an account on the local GitHub: speaks its API with a token, as anybody could with curl. */
export interface Person {
  readonly login: string;
  readonly token: string;
  /** @returns the parsed body. @throws Error with status and body for everything outside 2xx */
  api<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
}

export function person(url: string, login: string, token: string): Person {
  return {
    login,
    token,
    async api<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `token ${token}`,
          accept: "application/vnd.github+json",
          "content-type": "application/json",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path} → ${answer.status} ${text.slice(0, 300)}`);
      return (text === "" ? undefined : JSON.parse(text)) as T;
    },
  };
}

/** The admin calls of the local GitHub. */
export async function admin<T>(url: string, path: string, body: unknown): Promise<T> {
  const answer = await fetch(`${url}/_admin/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST /_admin/${path} → ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

export async function newPerson(url: string, login: string, type: "User" | "Organization" = "User"): Promise<Person> {
  const made = await admin<{ login: string; token: string }>(url, "users", { login, type });
  return person(url, made.login, made.token);
}
