import { html, trusted, type Markup } from "./html.ts";
import { icon } from "./icons.ts";
import type { LabelShape, Reactions, UserShape } from "./shapes.ts";

/** GitHub's reactions, in its order. */
const reactionNames = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];

/** A name with its round sign; bots are marked. */
export function person(user: UserShape | null): Markup {
  if (!user) return html`<b>ghost</b>`;
  const bot = user.type === "Bot";
  const name = user.login.replace(/\[bot\]$/, "");
  return html`<a class="person" href="${bot ? `/apps/${name}` : `/${name}`}">${avatar(user)}<b>${name}</b></a
    >${bot && html` <span class="pill">bot</span>`}`;
}

export function avatar(user: UserShape): Markup {
  const hue = Array.from(user.login).reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 360, 7);
  const shape = user.type === "Bot" ? "avatar square" : "avatar";
  return html`<svg class="${shape}" viewBox="0 0 20 20" aria-hidden="true">
    <rect width="20" height="20" fill="hsl(${hue} 45% 45%)" />
    <text x="10" y="14" text-anchor="middle">${user.login.charAt(0).toUpperCase()}</text>
  </svg>`;
}

/** A moment: short in the text, exact on hover. */
export function time(iso: string | null | undefined): Markup {
  if (!iso) return html``;
  return html`<time datetime="${iso}" title="${iso}">${iso.slice(0, 16).replace("T", " ")}</time>`;
}

export function label({ name, color, description }: LabelShape): Markup {
  const part = (at: number) => Number.parseInt(color.slice(at, at + 2), 16) || 0;
  const light = part(0) * 0.299 + part(2) * 0.587 + part(4) * 0.114 > 150;
  const safe = /^[0-9a-f]{6}$/i.test(color) ? color : "888888";
  const paint = `background:#${safe};color:${light ? "#1f2328" : "#fff"}`;
  return html`<span class="label" style="${paint}" title="${description}">${name}</span>`;
}

/** Open, closed, merged, draft. */
export function stateBadge(state: {
  state: string;
  draft?: boolean;
  merged?: boolean;
  pull: boolean;
  reason?: string | null;
}): Markup {
  const [kind, text] = badgeOf(state);
  return html`<span class="state ${kind}">${text}</span>`;
}

function badgeOf(state: {
  state: string;
  draft?: boolean;
  merged?: boolean;
  pull: boolean;
  reason?: string | null;
}): [string, string] {
  if (state.merged) return ["merged", "Merged"];
  if (state.state === "closed") return state.pull ? ["closed", "Closed"] : ["done", closedWord(state.reason)];
  return state.draft ? ["draft", "Draft"] : ["open", "Open"];
}

function closedWord(reason: string | null | undefined): string {
  return reason === "not_planned" ? "Closed as not planned" : "Closed";
}

/** The small picture of the same in lists. */
export function stateIcon(state: { state: string; draft?: boolean; merged?: boolean; pull: boolean }): Markup {
  const [kind, text] = badgeOf(state);
  const name = state.pull ? "pull" : kind === "open" ? "open" : "done";
  return html`<span class="state-icon ${kind}" title="${text}">${icon(name)}</span>`;
}

/** The reactions that a thing has, and buttons to add one's own. */
export function reactionBar(reactions: Reactions | undefined, action: string | null): Markup {
  const entries = reactionNames.map((content) => ({ content, count: Number(reactions?.[content] ?? 0) }));
  const shown = entries.filter(({ count }) => count > 0);
  if (action === null) {
    const fixed = shown.map(
      ({ content, count }) => html`<span class="reaction" title="${content}">${icon(content)} ${count}</span>`,
    );
    return html`<div class="reactions">${fixed}</div>`;
  }
  const button = ({ content, count }: (typeof entries)[number]) =>
    html`<button class="reaction" name="content" value="${content}" title="${content}">
      ${icon(content)}${count > 0 && ` ${String(count)}`}
    </button>`;
  return html`<form class="reactions" method="post" action="${action}">
    ${shown.map(button)}
    <details class="more-reactions">
      <summary class="reaction" title="Add a reaction">${icon("smile")}</summary>
      <div>${entries.map(({ content }) => button({ content, count: 0 }))}</div>
    </details>
  </form>`;
}

/** A sign for the result of a check or status. */
export function resultSign(status: string, conclusion: string | null): Markup {
  const word = status === "completed" ? (conclusion ?? "neutral") : status;
  const signs: Record<string, string> = {
    success: "✓",
    failure: "✕",
    error: "✕",
    timed_out: "✕",
    action_required: "!",
    cancelled: "⊘",
    skipped: "⊘",
    neutral: "■",
    stale: "■",
  };
  return html`<span class="result ${word}" title="${word.replaceAll("_", " ")}">${signs[word] ?? "●"}</span>`;
}

/** A list's empty state. */
export function nothing(text: string): Markup {
  return html`<div class="box nothing">${text}</div>`;
}

/** `selected`, `checked` and the like when a condition holds. */
export function when(condition: boolean, attribute: "selected" | "checked" | "disabled"): Markup {
  return trusted(condition ? attribute : "");
}
