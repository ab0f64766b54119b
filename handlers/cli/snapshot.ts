import { parseArgs } from "node:util";
import { systemClock } from "../../src/clock.ts";
import { readLocalEnv } from "../../src/env.ts";
import { createLog } from "../../src/log.ts";
import * as messages from "../../src/messages/cli.ts";
import { isLeftover, ownedName } from "../../src/sandbox/owner.ts";
import { removeTree } from "../../src/sandbox/remove-tree.ts";
import { openSnapshots } from "../../src/snapshots/open-snapshots.ts";
import type { ListedSnapshot, Snapshots } from "../../src/snapshots/port.ts";
import { exclusively } from "../../src/workspace/exclusive.ts";
import { UsageError, type Subcommand, type Terminal } from "./subcommand.ts";

/** Fewer characters of a key could mean another one tomorrow. */
const shortestKey = 8;

export const snapshot: Subcommand = {
  help: messages.snapshotHelp,
  async run([action, ...rest], terminal) {
    if (action !== "list" && action !== "drop")
      throw new UsageError(
        action === undefined ? "It needs `list` or `drop`." : `\`${action}\` is neither \`list\` nor \`drop\`.`,
      );
    const { values, positionals } = parseArgs({
      args: rest,
      allowPositionals: true,
      options: { all: { type: "boolean", default: false }, repo: { type: "string" } },
    });
    const isUnwanted = action === "drop" ? chosen(positionals, values) : listed(positionals, values);
    const snapshots = open();
    try {
      if (action === "drop") return report(await snapshots.drop(isUnwanted), terminal);
      terminal.out(messages.snapshotList((await snapshots.list()).filter(isUnwanted), systemClock.now()));
      return 0;
    } finally {
      await snapshots.close();
    }
  },
};

type Choice = (snapshot: ListedSnapshot) => boolean;
interface Options {
  readonly all: boolean;
  readonly repo?: string | undefined;
}

function open(): Snapshots {
  const { dataDir, snapshotBytes, logLevel } = readLocalEnv();
  return openSnapshots({
    dataDir,
    maxBytes: snapshotBytes,
    host: { ownedName, isLeftover, removeTree, exclusively },
    clock: systemClock,
    log: createLog(logLevel),
  });
}

function listed([extra]: readonly string[], { all, repo }: Options): Choice {
  if (extra !== undefined) throw new UsageError(`\`list\` takes no \`${extra}\`.`);
  if (all) throw new UsageError("`list` shows all without `--all`.");
  return ofRepository(repo);
}

function chosen(keys: readonly string[], { all, repo }: Options): Choice {
  const [key] = keys;
  const ways = [...keys, ...(all ? ["--all"] : []), ...(repo === undefined ? [] : ["--repo"])];
  if (ways.length !== 1)
    throw new UsageError(
      `\`drop\` takes either one key, \`--all\` or \`--repo owner/name\`, and was given ${ways.length}.`,
    );
  if (key === undefined) return ofRepository(repo);
  if (!/^[0-9a-f]+$/.test(key) || key.length < shortestKey)
    throw new UsageError(
      `\`${key}\` is no key: give at least ${shortestKey} characters of one that \`codegen snapshot list\` shows.`,
    );
  return (one) => one.key.startsWith(key);
}

/** Of all repositories when none is named. */
function ofRepository(repo: string | undefined): Choice {
  if (repo === undefined) return () => true;
  if (!/^[^/\s]+\/[^/\s]+$/.test(repo)) throw new UsageError(`\`${repo}\` is no repository: write owner/name.`);
  return ({ name }) => name.toLowerCase() === repo.toLowerCase();
}

function report({ dropped, inUse }: Awaited<ReturnType<Snapshots["drop"]>>, terminal: Terminal): 0 | 1 {
  terminal.out(messages.snapshotsDropped(dropped, inUse));
  return dropped.length > 0 && inUse.length === 0 ? 0 : 1;
}
