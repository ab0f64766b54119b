import { languageOf } from "./code-text.ts";

const notRun = /(?:^|\/)(?:fixtures?|__fixtures__|testdata|__mocks__|node_modules|vendor)\//i;

const byPath: readonly RegExp[] = [
  // JavaScript and TypeScript
  /[._-](?:test|spec|cy|e2e)\.[cm]?[jt]sx?$/,
  // Python, Go, Ruby
  /(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$/,
  /_test\.go$/,
  /_(?:spec|test)\.rb$/,
  // Java, Kotlin, C#
  /(?:Test|Tests|TestCase|Spec|IT)\.(?:java|kts?|groovy|scala|cs)$/,
  /(?:^|\/)src\/(?:test|\w+Test)\//,
  /(?:^|\/)[^/]*\.Tests?\//,
  // Directories of tests in any language, cargo's among them
  /(?:^|\/)(?:__tests__|tests?|specs?|e2e|cypress)\//,
];

/** Whether a runner of tests takes the file, as far as its path and, for Rust, whose tests stand beside the code, its text tell. */
export function isTestFile(path: string, text: string): boolean {
  const language = languageOf(path);
  if (language === null || notRun.test(path)) return false;
  if (language === "rust" && /#\[(?:cfg\(test\)|(?:\w+::){0,3}test\b)/.test(text)) return true;
  return byPath.some((pattern) => pattern.test(path));
}

/** What a runner compares with, and writes anew when it is told to. */
export function isSnapshot(path: string): boolean {
  return /\.snap(?:\.\w+)?$|\.ambr$|(?:^|\/)__(?:image_)?snapshots__\//.test(path);
}

/** What decides which checks run at all. */
export function isWorkflow(path: string): boolean {
  return /^\.github\/(?:workflows|actions)\/|^\.(?:circleci|buildkite|woodpecker)\/|^(?:\.gitlab-ci|\.travis|\.codegen|azure-pipelines|bitbucket-pipelines|appveyor|\.drone)\.ya?ml$|^Jenkinsfile$/i.test(
    path,
  );
}

/** What tells a runner which tests there are, and how much must be covered. */
export function isTestSettings(path: string): boolean {
  return /(?:^|\/)(?:(?:jest|vitest|vite|playwright|karma|cypress|ava|wdio|stryker)\.(?:config|conf|workspace)(?:\.[\w-]+)?\.(?:[cm]?[jt]s|json)|vitest\.workspace\.\w+|\.mocharc(?:\.\w+)?|\.nycrc(?:\.\w+)?|\.c8rc(?:\.\w+)?|pytest\.ini|setup\.cfg|tox\.ini|pyproject\.toml|\.coveragerc|conftest\.py|\.?codecov\.ya?ml|\.rspec|\.simplecov|phpunit\.xml(?:\.dist)?|nextest\.toml|Makefile|GNUmakefile|justfile|Taskfile\.ya?ml)$/.test(
    path,
  );
}
