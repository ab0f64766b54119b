// The process that runs git for local GitHubs lives as long as the worker: each would start one anew otherwise. It keeps no worker alive and ends with it.
import { holdGitRunner } from "../doubles/github/git/git-runner.ts";

holdGitRunner();
