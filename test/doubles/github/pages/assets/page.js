// Ticking a task sends the small form of its comment; choosing a person sends theirs; what changes on the server shows by itself.
// Everything else works without scripts.
document.addEventListener("change", ({ target }) => {
  if (target.matches("input.task")) tick(target);
  if (target.matches("select[data-submit]")) target.form.submit();
});

function tick(box) {
  const form = box.closest(".comment")?.querySelector(".task-form");
  if (!form) return;
  form.elements.namedItem("line").value = box.dataset.line;
  form.elements.namedItem("ticked").value = String(box.checked);
  leaving = true;
  form.submit();
}

const everyMs = 1_000;
const main = document.querySelector("main");
let shown = main.innerHTML;
let leaving = false;
document.addEventListener("submit", () => (leaving = true));
window.addEventListener("pageshow", () => (leaving = false));
// Forms of their own pages, and pages that are not there, have nothing to follow.
if (!location.pathname.endsWith("/new") && !document.querySelector(".problem"))
  setTimeout(() => void follow(), everyMs);

async function follow() {
  if (document.visibilityState === "visible" && !leaving && !isBusy()) {
    const next = await read();
    // Gone for now, or for good: asked less often, so that an open page costs nothing.
    if (next === null) return void setTimeout(() => void follow(), 10 * everyMs);
    // The person may have begun something while the answer was on its way.
    if (next.innerHTML !== shown && !leaving && !isBusy()) show(next);
  }
  setTimeout(() => void follow(), everyMs);
}

/** The page as it is now, or null. */
async function read() {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
  } catch {
    return null;
  }
}

/** True while new content would take away what the person is doing. The comment box is carried over instead. */
function isBusy() {
  const fields = main.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox]), select");
  const begun = [...fields].some(
    (field) => !isCommentBox(field) && (field === document.activeElement || isEdited(field)),
  );
  return begun || main.querySelector("details.edit[open]") !== null || !getSelection().isCollapsed;
}

function isCommentBox(field) {
  return field.closest("#comment-form") !== null;
}

function isEdited(field) {
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  const first = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(0, first);
}

function show(next) {
  shown = next.innerHTML;
  const opened = openDetails(main);
  const box = main.querySelector("#comment-form textarea");
  const focused = box !== null && box === document.activeElement;
  main.replaceChildren(...next.childNodes);
  for (const [key, details] of detailsOf(main)) if (opened.has(key)) details.open = true;
  const fresh = main.querySelector("#comment-form textarea");
  if (!box || !fresh) return;
  fresh.value = box.value;
  if (!focused) return;
  fresh.focus({ preventScroll: true });
  fresh.setSelectionRange(box.selectionStart, box.selectionEnd);
}

function openDetails(root) {
  return new Set(detailsOf(root).flatMap(([key, details]) => (details.open ? [key] : [])));
}

/** Each with what it is known by when the page is made anew: the comment that it stands in and its summary. */
function detailsOf(root) {
  return [...root.querySelectorAll("details")].map((details) => [
    `${details.closest("[id]")?.id} ${details.querySelector("summary")?.textContent}`,
    details,
  ]);
}
