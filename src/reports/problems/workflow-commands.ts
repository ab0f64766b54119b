import { severityOf, type PrintedProblem } from "./problem-matcher.ts";
import type { LineReader } from "./match-lines.ts";

/**
 * Reads GitHub's workflow commands: `::error file=…,line=…,endLine=…,title=…::message` with their percent-escapes, and `warning`, `notice`.
 * Between `::stop-commands::word` and `::word::` nothing is a command
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
 */
export function readWorkflowCommands(): LineReader {
  let stoppedBy: string | null = null;
  return {
    read: (line) => {
      const found = /^\s*::([\w-]+)(?: ([^:]*))?::(.*)$/.exec(line);
      const [, command = "", properties = "", data = ""] = found ?? [];
      if (stoppedBy !== null) {
        if (line.trim() === `::${stoppedBy}::`) stoppedBy = null;
        return null;
      }
      if (command === "stop-commands") stoppedBy = data.trim();
      return ["error", "warning", "notice"].includes(command) ? problemOf(command, properties, unescape(data)) : null;
    },
  };
}

function problemOf(command: string, properties: string, message: string): PrintedProblem {
  const said = new Map(
    properties.split(",").flatMap((property): [string, string][] => {
      const at = property.indexOf("=");
      return at < 0 ? [] : [[property.slice(0, at).trim(), unescape(property.slice(at + 1).trim())]];
    }),
  );
  const file = said.get("file");
  const line = said.get("line");
  return {
    owner: "github",
    code: said.get("title"),
    severity: severityOf(command) ?? "notice",
    file,
    line,
    endLine: said.get("endLine"),
    message: withoutPlace(message, file, line),
  };
}

/** Several tools say the place again at the start of the message. */
function withoutPlace(message: string, file: string | undefined, line: string | undefined): string {
  const place = /^([^\s:][^:]*):(\d+):(?:\d+:)? (?=\S)/.exec(message);
  const same = place !== null && file?.endsWith(place[1] ?? "") === true && line === place[2];
  return same ? message.slice(place[0].length) : message;
}

/** `%25` last, so that what it brings is not taken for an escape. */
function unescape(text: string): string {
  return text
    .replaceAll(/%0D/gi, "\r")
    .replaceAll(/%0A/gi, "\n")
    .replaceAll(/%3A/gi, ":")
    .replaceAll(/%2C/gi, ",")
    .replaceAll("%25", "%");
}
