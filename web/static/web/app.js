// Keys that work on every page; a page adds its own by data-key on a link or button ("w", "g d").
"use strict";
(() => {
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const pressed = before ? before + " " + event.key : event.key;
    before = event.key === "g" && !before ? "g" : "";
    const target =
      document.querySelector(`[data-key="${CSS.escape(pressed)}"]`) ||
      (pressed.startsWith("g ") && document.querySelector(`[data-go="${CSS.escape(pressed.slice(2))}"]`));
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  });
})();
