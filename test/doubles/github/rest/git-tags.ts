import { runGit } from "../git/run-git.ts";
import { gitPersonOf } from "../serialize/account.ts";
import { fullName, type Repository } from "../state/repositories.ts";
import { repositoryOf, requireAccount } from "./access.ts";
import { optionalObject, optionalText, requiredText } from "./body.ts";
import { paginated } from "./paginate.ts";
import { HttpProblem, notFound } from "./problem.ts";
import { route, type RestAnswer, type RestRequest, type Route } from "./router.ts";

const base = "/repos/{owner}/{repo}";

export const routes: Route[] = [
  route("POST", `${base}/git/tags`, { permission: { contents: "write" }, handler: createTag }),
  route("GET", `${base}/git/tags/{tag_sha}`, { permission: { contents: "read" }, handler: getTag }),
  route("GET", `${base}/tags`, { permission: { contents: "read" }, handler: listTags }),
];

/** Makes the tag object only; the ref is made by `POST /git/refs`. */
async function createTag(request: RestRequest): Promise<RestAnswer> {
  const { github, actor, body } = request;
  const repository = repositoryOf(request);
  const git = github.git(repository);
  const tag = requiredText(body, "tag", "Tag");
  const object = requiredText(body, "object", "Tag");
  const type = requiredText(body, "type", "Tag");
  if ((await git.objectType(object)) !== type) throw new HttpProblem(422, `object ${object} is not a ${type}`);
  if (!(await git.isValidRefName(`refs/tags/${tag}`))) throw new HttpProblem(422, `${tag} is not a valid tag name.`);
  const given = optionalObject(body, "tagger", "Tag") ?? {};
  const fallback = gitPersonOf(github, requireAccount(github, actor));
  const name = optionalText(given, "name", "Tag") ?? fallback.name;
  const email = optionalText(given, "email", "Tag") ?? fallback.email;
  if (/[<>\n]/.test(name + email)) throw new HttpProblem(422, "tagger holds characters that git does not allow");
  const seconds = Math.floor(Date.parse(optionalText(given, "date", "Tag") ?? fallback.date) / 1000);
  if (Number.isNaN(seconds)) throw new HttpProblem(422, "tagger.date is not a timestamp");
  const message = requiredText(body, "message", "Tag");
  const input = `object ${object}\ntype ${type}\ntag ${tag}\ntagger ${name} <${email}> ${seconds} +0000\n\n${message}\n`;
  const { stdout } = await runGit(git.dir, ["mktag"], { input });
  return { status: 201, body: await serializeTag(request, repository, stdout.toString().trim()) };
}

async function getTag(request: RestRequest): Promise<RestAnswer> {
  const repository = repositoryOf(request);
  const sha = request.params["tag_sha"] ?? "";
  if ((await request.github.git(repository).objectType(sha)) !== "tag") throw notFound();
  return { status: 200, body: await serializeTag(request, repository, sha) };
}

async function serializeTag({ github }: RestRequest, repository: Repository, sha: string) {
  const { stdout } = await runGit(github.git(repository).dir, ["cat-file", "tag", sha]);
  const [head = "", message = ""] = stdout.toString().split(/\n\n(.*)/s);
  const field = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(head)?.[1] ?? "";
  const [, name = "", email = "", seconds = "0"] = /^(.*) <(.*)> (\d+)/.exec(field("tagger")) ?? [];
  const url = `${github.apiUrl}/repos/${fullName(github.state, repository)}/git`;
  const [type, object] = [field("type"), field("object")];
  return {
    sha,
    node_id: github.nodeId("Tag", `${repository.id}:${sha}`),
    tag: field("tag"),
    url: `${url}/tags/${sha}`,
    message: message.trimEnd(),
    tagger: { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace(/\.\d{3}Z$/, "Z") },
    object: { type, sha: object, url: `${url}/${type}s/${object}` },
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  };
}

async function listTags(request: RestRequest): Promise<RestAnswer> {
  const { github } = request;
  const repository = repositoryOf(request);
  const git = github.git(repository);
  const api = `${github.apiUrl}/repos/${fullName(github.state, repository)}`;
  const tags = (await git.refs("refs/tags")).toReversed();
  return paginated(request, tags, async (ref) => {
    const name = ref.name.replace("refs/tags/", "");
    const sha = (await git.resolve(ref.name)) ?? ref.sha;
    return {
      name,
      commit: { sha, url: `${api}/commits/${sha}` },
      zipball_url: `${api}/zipball/${ref.name}`,
      tarball_url: `${api}/tarball/${ref.name}`,
      node_id: github.nodeId("Ref", `${repository.id}:${ref.name}`),
    };
  });
}
