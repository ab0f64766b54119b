import { languageOf, splitCode } from "./code-text.ts";
import { sightingsOf, type Sighting } from "./sightings.ts";

const start = String.raw`(?:\/\/+|\/\*+|#|\{\/\*|<!--)\s{0,8}`;
const inComments = new RegExp(
  start +
    String.raw`(?:(?:eslint|oxlint|tslint|biome|stylelint)[-:](?:disable|ignore)|codegen:ignore|@ts-(?:ignore|nocheck|expect-error)|deno-lint-ignore|(?:istanbul|c8|v8) ignore|noqa\b|type:\s{0,4}ignore|(?:pylint|rubocop):\s{0,4}disable|(?:mypy|pyright|ruff):|pragma:\s{0,4}no cover|nosec\b|nolint\b|nosemgrep\b|NOLINT|NOSONAR|noinspection\b|lint:ignore\b|coverage:ignore|:nocov:)`,
  "g",
);
const inCode =
  /#!?\[\s{0,4}(?:allow|expect|coverage\(off)|#!?\[cfg_attr\([^\]\n]{0,100}?,\s{0,4}allow\(|@(?:file:)?Suppress(?:Warnings|Lint)?\b|^[ \t]*#pragma warning disable\b|\[(?:assembly: ?)?SuppressMessage\b|\[ExcludeFromCodeCoverage\b/gm;

/** Where a file tells a checker to look away. Mentions in strings and in the middle of comments do not count. */
export function suppressionsOf(path: string, text: string | null): readonly Sighting[] {
  const language = languageOf(path);
  if (language === null || text === null) return [];
  const { code, comments } = splitCode(text, language);
  return [...sightingsOf(text, comments, inComments), ...sightingsOf(text, code, inCode)];
}
