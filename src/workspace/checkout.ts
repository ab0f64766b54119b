import type { Mirror } from "./mirror.ts";

export interface CheckoutRequest {
  readonly mirror: Mirror;
  /** A commit or a tree (of `mergeTree`) that the mirror holds. */
  readonly treeish: string;
  /** Must be empty or absent. */
  readonly directory: string;
  /** Hand the files to this uid and gid; only possible as root. `Sandbox` does it too. */
  readonly uid?: number;
  readonly signal?: AbortSignal;
}

/** Writes the files of a tree, without `.git`. */
export declare function checkout(request: CheckoutRequest): Promise<void>;
