/**
 * What each key of `.codegen.yml` means, in one sentence, for editors and for docs/configuration.md. A test finds keys without one.
 * A sentence about a mapping stands for all of its keys.
 */
export const meanings: Readonly<Record<string, string>> = {
  version: "The version of this format.",
  extends: "The repository of the organisation whose file is merged in, key by key.",
  "agent.backend":
    "Who does the work, among what the operator offers: `model`, `claude` or `codegen-api`. Absent: the operator's usual one.",
  "agent.models.plan":
    "The model that makes plans, as `PROVIDER:NAME`, among those that the operator allows. Absent: the operator's usual one.",
  "agent.models.code": "The model that changes code, likewise.",
  "agent.models.review": "The model that mends what checks and reviews found, likewise.",
  "agent.plan":
    "`required`: nothing is done without an approved plan. `optional`: `/codegen run` works at once. `never`: there are no plans.",
  "agent.auto_confirm_plans": "Carries a plan out as soon as it is made, if the person who asked may approve it.",
  "agent.planning_statement": "Put before everything that the agent is told about the repository.",
  "agent.rules":
    "Rules for the agent, besides AGENTS.md, CLAUDE.md and .github/copilot-instructions.md of the base branch.",
  "agent.max_attempts": "How often a failed validation goes back to the agent, for each pull.",
  "agent.budget.steps": "Model calls of one run.",
  "agent.budget.minutes": "Time of one run.",
  "agent.budget.tokens": "Tokens of one run, in and out; may be grouped, as in `2_000_000`.",
  "agent.budget.usd": "Cost of one run in US dollars, where the price of the model is known.",
  "agent.budget.pull": "The same for all runs on a pull and its issue together.",
  "agent.budget.day": "The same for all runs in this repository within 24 hours.",
  "agent.pull.draft": "Whether the agent's pulls are opened as drafts.",
  "agent.pull.reviewers": "Who is asked for a review: logins, and teams as `ORGANISATION/TEAM`.",
  "agent.pull.labels": "Labels of the agent's pulls.",
  "agent.pull.co_author": "Whether the person who asked is named as co-author of the agent's commits.",
  "triggers.labels.plan": "The label that asks for a plan.",
  "triggers.labels.run": "The label that asks for the work.",
  "triggers.assign": "Whether assigning the bot asks for a plan.",
  "triggers.on_pull": "What happens by itself on each new head of a pull.",
  "permissions.plan": "The least role for `/codegen plan` and `/codegen revise`.",
  "permissions.run": "The least role for `/codegen approve` and `/codegen run`.",
  "permissions.merge": "The least role for `/codegen merge`.",
  "environment.setup": "Commands that run in the sandbox before those of the validation.",
  "environment.files":
    "Globs of the files that the set-up reads, such as `package-lock.json`. What it leaves serves every run in which these files are the same; without them only runs with the same files altogether.",
  "environment.network":
    "Hosts that the sandbox may reach: `registry.example` (ports 443 and 80), `registry.example:8443`, `*.example.org`; without them it has no network.",
  "environment.secrets":
    "Names of variables whose values the operator keeps. Nothing gets one that does not name it; pulls from forks and agents never do.",
  "environment.setup_secrets": "Those of them that the commands of `environment.setup` get.",
  "environment.lfs":
    "Files whose content is fetched from Git LFS, as `assets/**`; others stay the pointers that the commit holds. Files of submodules do not count.",
  "environment.submodules":
    "Submodules whose files are fetched, by their paths: from the same GitHub, by https; private ones where the App is installed on them in the same account, and never for pulls from forks.",
  "environment.limits.memory": "Memory of everything in the sandbox together.",
  "environment.limits.cpus": "Cores; may be a fraction.",
  "environment.limits.processes": "Processes and threads at the same time.",
  "environment.limits.disk":
    "What set-up and commands may write in all, to the workspace and their home. It is kept in memory, besides `memory`.",
  "environment.limits.minutes": "Time of one validation, set-up included.",
  "validation.test": "What is tested: the `head` of the pull, or the `merge_result` with its base.",
  "validation.fail_on": "`new`: only failures that the base branch does not have. `any`: all.",
  "validation.commands":
    "The checks. Each is a check run of its own; those that do not need each other run side by side, as many as `environment.limits.cpus` gives room for, at most four.",
  "validation.commands[].name": "Its check run is `codegen / NAME`.",
  "validation.commands[].run": "A line for `/bin/sh -c`, in the root of the repository.",
  "validation.commands[].needs":
    "Names of commands that must have passed before this one, which begins with the files that they leave; `deploy` for the started application. When one fails, the check is `cancelled`.",
  "validation.commands[].timeout": "After so long the command is stopped and the check is `timed_out`.",
  "validation.commands[].when":
    "Globs: the command runs only when a changed file matches one, or when a command that runs needs it; else the check is `skipped`.",
  "validation.commands[].retries": "How often a failed command is tried again.",
  "validation.commands[].allow_failure":
    "Its failure is shown as `neutral`: it holds up neither a merge nor what needs it, and is sent to no agent.",
  "validation.commands[].matrix":
    "Lists of values: the command runs once for each combination, as the check `codegen / NAME (20, linux)`. The values are variables of its environment, in capitals: `node: [20, 22]` gives `$NODE`.",
  "validation.commands[].report": "A report (JUnit, TAP) that the command writes; a pattern for several.",
  "validation.commands[].coverage":
    "A coverage report (LCOV, Cobertura) that the command writes; a pattern for several. The check says the number with the difference to the base, for which the command is run there once for each commit.",
  "validation.commands[].matchers":
    "A file of problem matchers as GitHub has them, for tools whose output is not known anyway. It is read from the base branch.",
  "validation.commands[].secrets": "Those of `environment.secrets` that this command gets, as variables.",
  "validation.deploy.start":
    "The command that starts the application, in a sandbox of its own; it is stopped at the end of the validation.",
  "validation.deploy.port":
    "The port on which it listens. Commands that need `deploy` reach it at `http://127.0.0.1:PORT`.",
  "validation.deploy.ready":
    "How it shows that it is ready: a path or address that answers with less than 400, the number of a port that takes connections, or `{ log: TEXT }` for a text in what it prints (between slashes: a pattern of RE2).",
  "validation.deploy.timeout": "How long it may take until then.",
  "validation.deploy.needs":
    "Names of commands that must have passed before; it begins with the files that they leave.",
  "validation.deploy.environment": "Variables of its environment.",
  "validation.deploy.secrets":
    "Those of `environment.secrets` that it gets, as variables. Commands that need `deploy` run beside it, and can find them there.",
  "validation.forks":
    "Pulls from forks: `gate` waits for `/codegen ok-to-test` by somebody with write access, for each head, `validate` treats them like others, `ignore` leaves them.",
  "analysis.thresholds.cognitive":
    "The most cognitive complexity of a function. As with all thresholds a pull is told of what it takes beyond, or further beyond than it was.",
  "analysis.thresholds.cyclomatic": "The most cyclomatic complexity of a function.",
  "analysis.thresholds.lines": "The most lines of a function; tests may have more.",
  "analysis.thresholds.parameters": "The most parameters of a function.",
  "analysis.thresholds.nesting": "The most levels that control flow lies in control flow.",
  "analysis.thresholds.maintainability": "The least maintainability of a function, from 0 to 100; tests may have less.",
  "analysis.thresholds.duplication":
    "The most lines of code that may be the same as lines elsewhere in the repository. Copies of fewer than 60 tokens, and those in tests, are not looked for.",
  "analysis.rules":
    "Severities by the rule, as `security/eval: error`, or by the family, as `quality/*: off`; a rule goes before its family.",
  "analysis.own_rules":
    "Rules of this repository, as docs/rules.md tells: `id`, `languages`, `pattern`, `message`, `severity`, and `examples` that are `bad` and `good`. Files in `.codegen/rules/` hold more.",
  "analysis.layers":
    "Imports that must not be: `from` a glob of files, `not` of what other globs match, files or names of packages, `because` of a reason that is told.",
  "analysis.ignore": "Globs of files that are not analysed.",
  "analysis.comments": "The most review comments on one pull.",
  "web.flows": "What the browser does: a `name` and `steps`, each one of `visit`, `click`, `fill`, `expect`.",
  "web.pages": "Paths that are looked at without a flow.",
  "web.accessibility": "The least severity that fails the check.",
  "web.budget": "Limits of a page: `lcp` (a time), `cls` (a number), `bytes`.",
  "merge.auto": "Merges by itself as soon as all conditions hold.",
  "merge.method": "How a pull is merged.",
  "merge.require.approvals": "Approvals of exactly this head, by people with write access, not counting the author.",
  "merge.require.checks":
    "Checks that must have passed, by their whole name, such as `codegen / test`; when empty, one for each of `validation.commands`.",
  "merge.block.labels":
    "Labels that keep a pull from being merged; `/codegen hold` sets the first, or `codegen:hold` where there is none.",
  "merge.protected": "Globs: a pull that touches one of these is not merged by itself, only by `/codegen merge`.",
};
