// Ticking a task sends the small form of its comment; choosing a person sends theirs. Everything else works without scripts.
for (const box of document.querySelectorAll("input.task:not([disabled])")) {
  box.addEventListener("change", () => {
    const form = box.closest(".comment")?.querySelector(".task-form");
    if (!form) return;
    form.elements.namedItem("line").value = box.dataset.line;
    form.elements.namedItem("ticked").value = String(box.checked);
    form.submit();
  });
}
for (const choice of document.querySelectorAll("select[data-submit]")) {
  choice.addEventListener("change", () => choice.form.submit());
}
