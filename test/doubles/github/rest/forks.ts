import { forkRepository } from "../operations/forks.ts";
import { serializeFullRepository, serializeMinimalRepository } from "../serialize/repository.ts";
import { accountByLogin } from "../state/accounts.ts";
import { repositoryOf } from "./access.ts";
import { optionalBoolean, optionalText } from "./body.ts";
import { paginated } from "./paginate.ts";
import { validationFailed } from "./problem.ts";
import { route, type Route } from "./router.ts";

const pattern = "/repos/{owner}/{repo}/forks";

export const routes: Route[] = [
  route("GET", pattern, {
    handler: (request) => {
      const { github } = request;
      const repository = repositoryOf(request);
      const forks = github.state.repositories.filter((one) => one.parentId === repository.id);
      return paginated(request, forks.toReversed(), (fork) => serializeMinimalRepository(github, fork));
    },
  }),
  route("POST", pattern, {
    permission: { administration: "write" },
    role: "read",
    handler: async (request) => {
      const { github, actor, body } = request;
      const login = optionalText(body, "organization", "Fork");
      const owner = login === undefined ? undefined : accountByLogin(github.state, login);
      if (owner === null) throw validationFailed({ resource: "Fork", field: "organization", code: "invalid" });
      const name = optionalText(body, "name", "Fork");
      const fork = await forkRepository(github, actor, repositoryOf(request), {
        ...(owner && { owner }),
        ...(name !== undefined && { name }),
        onlyDefault: optionalBoolean(body, "default_branch_only", "Fork") ?? false,
      });
      return { status: 202, body: serializeFullRepository(github, fork, actor) };
    },
  }),
];
