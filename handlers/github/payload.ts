/**
 * The parts of GitHub's webhook payloads that we use, as checks.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
import { z } from "zod";
import { threadHash } from "../../src/commands/thread-hash.ts";
import { toSha, type Account, type RepoRef, type Sha } from "../../src/domain/ids.ts";

const Id = z.number().int().positive();

const User = z
  .object({ id: Id, login: z.string(), type: z.string().optional() })
  .transform((user): Account => ({ id: user.id, login: user.login, isBot: user.type === "Bot" }));

const Head = z.string().transform((text, context): Sha => {
  try {
    return toSha(text);
  } catch {
    context.addIssue({ code: "custom", message: "is no commit id" });
    return z.NEVER;
  }
});

const App = z.object({ id: Id }).nullish();
/** Words of the issue or pull at the moment of the event: they go no further than their hash. */
const words = { title: z.string().optional(), body: z.string().nullish() };
const said = ({ title, body }: z.infer<z.ZodObject<typeof words>>): { said?: string } =>
  title === undefined ? {} : { said: threadHash(title, body) };

const Issue = z
  .object({ number: Id, pull_request: z.unknown().optional(), ...words })
  .transform((issue) => ({ number: issue.number, pull_request: issue.pull_request, ...said(issue) }));
const Pull = z
  .object({ number: Id, head: z.object({ sha: Head }), ...words })
  .transform((pull) => ({ number: pull.number, head: pull.head.sha, ...said(pull) }));
/** A check also names pulls that go from this repository to another one; those are not ours. */
const checks = {
  app: App,
  head_sha: Head,
  pull_requests: z
    .array(z.object({ number: Id, head: z.object({ sha: Head }), base: z.object({ repo: z.object({ id: Id }) }) }))
    .nullish(),
};
const Comment = z.object({
  id: Id,
  body: z
    .string()
    .nullish()
    .transform((body) => body ?? ""),
  user: User.nullish(),
  performed_via_github_app: App,
});

const inRepo = {
  repository: z.object({ id: Id, name: z.string(), owner: z.object({ login: z.string() }) }),
  installation: z.object({ id: Id }),
  sender: User,
};
type InRepo = z.infer<z.ZodObject<typeof inRepo>>;

const withRepo = <T extends InRepo>(payload: T): T & { repo: RepoRef } => {
  const { repository, installation: at } = payload;
  return {
    ...payload,
    repo: { installation: at.id, id: repository.id, owner: repository.owner.login, name: repository.name },
  };
};
const withPull = <P>(payload: P & { pull_request: { number: number; head: Sha; said?: string } }) => ({
  ...payload,
  pull: payload.pull_request,
});

export const issueComment = z.object({ ...inRepo, issue: Issue, comment: Comment }).transform(withRepo);
export const issueCommentEdit = z
  .object({
    ...inRepo,
    issue: Issue,
    comment: Comment,
    changes: z.object({ body: z.object({ from: z.string() }).optional() }),
  })
  .transform(withRepo);
export const reviewComment = z
  .object({ ...inRepo, pull_request: Pull, comment: Comment.extend({ pull_request_review_id: Id.nullish() }) })
  .transform(withRepo)
  .transform(withPull);
export const review = z
  .object({
    ...inRepo,
    pull_request: Pull,
    review: z.object({ id: Id, body: z.string().nullish(), state: z.string(), user: User.nullish() }),
  })
  .transform(withRepo)
  .transform(withPull);
export const issueLabel = z
  .object({ ...inRepo, issue: Issue, label: z.object({ name: z.string() }) })
  .transform(withRepo);
export const issueAssignment = z.object({ ...inRepo, issue: Issue, assignee: User.nullish() }).transform(withRepo);
export const pullChange = z
  .object({ ...inRepo, pull_request: Pull, changes: z.object({ base: z.unknown().optional() }).optional() })
  .transform(withRepo)
  .transform(withPull);
export const checkRun = z
  .object({
    ...inRepo,
    check_run: z.object({ id: Id, ...checks }),
    requested_action: z.object({ identifier: z.string() }).nullish(),
  })
  .transform(withRepo)
  .transform((payload) => ({ ...payload, pulls: pullsOf(payload.check_run, payload.repo) }));
export const checkSuite = z
  .object({ ...inRepo, check_suite: z.object(checks) })
  .transform(withRepo)
  .transform((payload) => ({ ...payload, pulls: pullsOf(payload.check_suite, payload.repo) }));
/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#status */
export const status = z.object({ ...inRepo, sha: Head, state: z.string() }).transform(withRepo);
export const installation = z.object({ installation: z.object({ id: Id }) });

/** Checks the payload and goes on with it, or says which field is not as expected. Quotes no value: they are anybody's. */
export function read<S extends z.ZodType, R>(
  schema: S,
  payload: object,
  then: (value: z.output<S>) => R,
): R | { problem: string } {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return then(parsed.data);
  const [issue] = parsed.error.issues;
  return { problem: `${issue?.path.join(".") || "the payload"}: ${issue?.message ?? "unexpected"}` };
}

function pullsOf(check: z.output<z.ZodObject<typeof checks>>, repo: RepoRef): readonly { number: number; head: Sha }[] {
  const pulls = (check.pull_requests ?? []).filter((pull) => pull.base.repo.id === repo.id);
  return pulls.map((pull) => ({ number: pull.number, head: pull.head.sha }));
}
