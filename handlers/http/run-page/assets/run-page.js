// The page of a run can be read without this. It opens what a link points to, and shows what is new while the run goes on.
// All that comes from the server is put in as text.
"use strict";

const { body } = document;
const logs = new Map();
for (const log of document.querySelectorAll("[data-log]")) logs.set(Number(log.dataset.log), log);

const mostLines = 5000;
const pollMs = 3000;
const memory = `codegen-run-${body.dataset.run}`;

function show(element) {
  const around = element.closest("details");
  if (around) around.open = true;
  element.scrollIntoView({ block: element.matches("details, summary") ? "start" : "center" });
}

/** What was open and where we were, when the page loads itself anew. */
function restore() {
  const kept = sessionStorage.getItem(memory);
  sessionStorage.removeItem(memory);
  if (kept === null) return false;
  const { open, top, left } = JSON.parse(kept);
  for (const [id, log] of logs) log.open = open.includes(id) || log.open;
  scrollTo(left, top);
  return true;
}

function reload() {
  const open = [...logs].filter(([, log]) => log.open).map(([id]) => id);
  sessionStorage.setItem(memory, JSON.stringify({ open, top: scrollY, left: scrollX }));
  location.reload();
}

function toHash() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) show(target);
  return Boolean(target);
}

function setState(element, { mark, words }) {
  element.dataset.mark = mark;
  element.textContent = words;
}

function addLog(news) {
  const log = document.getElementById("new-log").content.cloneNode(true).firstElementChild;
  log.id = `log-${news.id}`;
  log.dataset.log = news.id;
  log.querySelector("h2").textContent = news.name;
  log.querySelector(".try").textContent = news.attempt > 1 ? `try ${news.attempt}` : "";
  log.querySelector(".command code").textContent = `$ ${news.command}`;
  log.querySelector("[data-whole]").href = `/runs/${body.dataset.run}/logs/${news.id}${location.search}`;
  document.querySelector("[data-nothing]")?.remove();
  document.querySelector("[data-logs]").append(log);
  const link = document.createElement("a");
  link.href = `#${log.id}`;
  link.dataset.for = news.id;
  link.textContent = news.attempt > 1 ? `${news.name} (${news.attempt})` : news.name;
  document.querySelector("[data-nav]").append(link);
  logs.set(news.id, log);
  return log;
}

function lineElement(logId, number, pieces) {
  const line = document.createElement("div");
  line.id = `L${logId}-${number}`;
  const anchor = document.createElement("a");
  anchor.href = `#${line.id}`;
  anchor.dataset.n = number;
  anchor.tabIndex = -1;
  anchor.setAttribute("aria-label", `Line ${number}`);
  const text = document.createElement("span");
  for (const [part, look] of pieces) {
    const piece = document.createElement("span");
    if (look !== "") piece.className = look;
    piece.textContent = part;
    text.append(piece);
  }
  line.append(anchor, text);
  return line;
}

function addLines(log, id, lines) {
  const list = log.querySelector(".lines");
  for (const [number, pieces] of lines) {
    const line = lineElement(id, number, pieces);
    const known = document.getElementById(line.id);
    if (known) known.replaceWith(line);
    else list.append(line);
  }
  while (list.childElementCount > mostLines) list.firstElementChild.remove();
}

function update(news) {
  const follows = innerHeight + scrollY >= document.documentElement.scrollHeight - 60;
  setState(document.querySelector("[data-state]"), news.state);
  document.querySelector("[data-reason]").textContent = news.reason;
  for (const one of news.logs) {
    const log = logs.get(one.id) ?? addLog(one);
    log.dataset.mark = one.mark;
    setState(log.querySelector(".state"), one);
    log.querySelector(".time").textContent = one.time;
    const link = document.querySelector(`[data-for="${one.id}"]`);
    link.dataset.mark = one.mark;
    link.title = one.words;
    addLines(log, one.id, one.lines);
  }
  const rows = news.steps.map((step) => {
    const row = document.createElement("tr");
    for (const name of ["name", "words", "time"]) row.insertCell().textContent = step[name];
    const state = document.createElement("span");
    state.className = "state";
    setState(state, step);
    row.cells[1].replaceChildren(state);
    return row;
  });
  document.querySelector("[data-steps]").replaceChildren(...rows);
  if (follows) scrollTo(scrollX, document.documentElement.scrollHeight);
  // What was found of a run stands on the page once it has ended.
  if (news.ended) reload();
}

function changesAfter(seq) {
  const query = new URLSearchParams(location.search);
  query.set("after", seq);
  return `/runs/${body.dataset.run}/changes?${query}`;
}

function stream(seq) {
  let last = seq;
  const source = new EventSource(changesAfter(seq));
  source.addEventListener("update", ({ data }) => {
    const news = JSON.parse(data);
    if (news.ended) source.close();
    last = news.seq;
    update(news);
  });
  source.addEventListener("error", () => {
    // A closed one does not come back by itself: there are too many viewers, or the link has expired.
    if (source.readyState === EventSource.CLOSED) void poll(last);
  });
}

async function poll(seq) {
  let last = seq;
  for (;;) {
    try {
      const answer = await fetch(changesAfter(last));
      if (answer.status === 404) return reload();
      const news = await answer.json();
      last = news.seq;
      update(news);
      if (news.ended) return;
      if (news.more) continue;
    } catch {
      // The bot may be starting anew.
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

for (const time of document.querySelectorAll("time")) {
  time.title = time.textContent;
  time.textContent = new Date(time.dateTime).toLocaleString();
}
addEventListener("hashchange", toHash);
if (!restore() && !toHash()) {
  const bad = document.querySelector("[data-first-bad]");
  if (bad) show(bad);
}
if (body.dataset.follow === "stream") stream(Number(body.dataset.seq));
if (body.dataset.follow === "poll") void poll(Number(body.dataset.seq));
