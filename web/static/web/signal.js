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
  // Back to the last page that was no signal, as it was left. Pages send no referrer and the browser hides
  // the addresses of earlier ones, so each signal's page notes its own place in the history.
  const back = document.querySelector("[data-back]");
  if (back && window.navigation && navigation.currentEntry) {
    const noted = JSON.parse(sessionStorage.getItem("signal pages") || "[]").slice(-200);
    noted.push(navigation.currentEntry.key);
    sessionStorage.setItem("signal pages", JSON.stringify(noted));
    const before = navigation.entries().slice(0, navigation.currentEntry.index).reverse();
    const last = before.find((entry) => !noted.includes(entry.key));
    back.addEventListener("click", (event) => {
      if (!last || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      navigation.traverseTo(last.key);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest && event.target.closest("details.correct[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.stopImmediatePropagation();
  }, true);
})();
