// Forms that a key opens take the focus; Esc closes an open form, else goes back to the search.
"use strict";
(() => {
  for (const form of document.querySelectorAll("details.correct")) {
    form.addEventListener("toggle", () => {
      if (form.open) form.querySelector("select, input:not([type=hidden])").focus();
    });
  }
  const asked = location.hash.startsWith("#correct-") && document.getElementById(location.hash.slice(1));
  const wrong = document.querySelector("[aria-invalid]");
  if (wrong) wrong.focus();
  else if (asked) asked.open = true;
  // Back to the last page that was no signal, where the browser tells (pages send no referrer).
  const back = document.querySelector("[data-back]");
  const entries = window.navigation && navigation.entries ? navigation.entries() : [];
  const here = entries.indexOf(window.navigation && navigation.currentEntry);
  const before = entries.slice(0, Math.max(0, here)).reverse();
  const last = before.find((entry) => !new URL(entry.url).pathname.startsWith("/signals/"));
  if (back && last) back.href = last.url;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest && event.target.closest("details.correct[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.stopImmediatePropagation();
  }, true);
})();
