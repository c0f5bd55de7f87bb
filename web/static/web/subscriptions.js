// The words of the sentence follow what is ticked; a list closes on Escape or a click elsewhere.
"use strict";
(() => {
  const pills = [...document.querySelectorAll(".pill")];
  const say = (pill) => {
    const ticked = [...pill.querySelectorAll("input:checked")].filter(
      (box) => !(box.name === "domain" && box.closest(".choice").querySelector(".inner input:checked")),
    );
    const chosen = pill.querySelector(".chosen");
    chosen.textContent = ticked.map((box) => box.nextElementSibling.textContent).join(", ") || pill.dataset.none;
  };
  for (const pill of pills) {
    pill.addEventListener("change", () => say(pill));
    pill.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !pill.open) return;
      event.stopPropagation();
      pill.open = false;
      pill.querySelector("summary").focus();
    });
  }
  document.addEventListener("click", (event) => {
    for (const pill of pills) if (pill.open && !pill.contains(event.target)) pill.open = false;
  });
})();
