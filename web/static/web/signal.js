// Forms that a key opens take the focus; Esc closes an open form, else goes back to the search.
"use strict";
(() => {
  for (const form of document.querySelectorAll("details.correct")) {
    form.addEventListener("toggle", () => {
      if (form.open) form.querySelector("select, input:not([type=hidden])").focus();
    });
  }
  const asked = location.hash && document.querySelector(`details.correct[open]`);
  if (document.querySelector("[aria-invalid]")) document.querySelector("[aria-invalid]").focus();
  else if (asked) asked.querySelector("select, input:not([type=hidden])").focus();
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest && event.target.closest("details.correct[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.stopImmediatePropagation();
  }, true);
})();
