/** Makes `<dataDir>/workspaces/<run id>`, empty. @returns its path */
export declare function createWorkspace(dataDir: string, runId: string): Promise<string>;

/** Removes the directory of a run, whatever untrusted code left in it. Nothing happens when there is none. */
export declare function removeWorkspace(dataDir: string, runId: string): Promise<void>;

/** Removes the directories of all runs that `isLive` does not know. @returns the run ids whose directories went */
export declare function sweepWorkspaces(dataDir: string, isLive: (runId: string) => boolean | Promise<boolean>): Promise<readonly string[]>;
