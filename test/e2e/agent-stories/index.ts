import { badModels } from "./bad-models.ts";
import { mending } from "./mending.ts";
import type { AgentStory } from "./story.ts";
import { working } from "./working.ts";

export const agentStories: readonly AgentStory[] = [...working, ...mending, ...badModels];
