/** Access to the files of a workspace that cannot leave it; structurally the file part of `AgentWorkspace`. */
export interface WorkspaceFiles {
  /** Text of at most 1 MB. @throws UserError */
  read(path: string): Promise<string>;
  /** Makes missing directories; keeps the mode of an existing file. @throws UserError */
  write(path: string, content: string): Promise<void>;
  /** Removes a file or link. @throws UserError */
  remove(path: string): Promise<void>;
  /** Files below a directory ("" = root), at most `limit`, sorted; `.git` directories are left out. */
  list(directory: string, limit: number): Promise<readonly string[]>;
  /** Lines that contain the text. Binary files and files over 1 MB are skipped. */
  search(text: string, options: { readonly glob?: string; readonly limit: number }): Promise<readonly SearchHit[]>;
}

export interface SearchHit {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

export declare function openWorkspaceFiles(directory: string): WorkspaceFiles;
