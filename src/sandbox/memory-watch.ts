import { readdir, readFile } from "node:fs/promises";

const everyMs = 200;

/**
 * The fall-back where there are no cgroups: looks five times a second at how much memory a process and its descendants hold.
 * @param limit bytes
 * @param onExceeded called once
 * @returns stops the watch
 */
export function watchMemory(pid: number, limit: number, onExceeded: () => void): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const look = async () => {
    const used = await memoryOfTree(pid);
    if (stopped) return;
    if (used > limit) onExceeded();
    else timer = setTimeout(() => void look(), everyMs);
  };
  timer = setTimeout(() => void look(), everyMs);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Bytes of anonymous and shared memory. Programs' own files are left out: the kernel can drop those at any time. */
async function memoryOfTree(root: number): Promise<number> {
  let bytes = 0;
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const status = await readOrEmpty(`/proc/${pid}/status`);
    for (const match of status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB/gm)) bytes += Number(match[1]) * 1_024;
    // A child belongs to the thread that made it, so every thread is asked.
    for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
      const children = await readOrEmpty(`/proc/${pid}/task/${thread}/children`);
      for (const child of children.split(" ")) if (child.trim() !== "") open.push(Number(child));
    }
  }
  return bytes;
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return "";
  }
}
