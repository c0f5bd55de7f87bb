// Keys of a list of signals and choosing days by dragging. Without this file everything is a link or a form.
"use strict";
(() => {
  const memory = () => "selected " + location.pathname + location.search;
  const list = () => [...document.querySelectorAll(".signal[data-signal]")];
  const current = () => document.querySelector(".signal[aria-current]");
  const title = (row) => row.querySelector("h3 a");

  function select(row, focus) {
    const before = current();
    if (before && before !== row) before.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    sessionStorage.setItem(memory(), row.dataset.signal);
    if (!focus) return;
    title(row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const rows = list();
    const at = rows.indexOf(current());
    const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
    if (row) return select(row, true);
    const page = document.getElementById(step > 0 ? "following" : "before");
    if (page && at >= 0) page.focus();
  }

  function press(key) {
    if (key === "j") return move(1), true;
    if (key === "k") return move(-1), true;
    if (key === "/") {
      const box = document.getElementById("q");
      if (!box) return false;
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
      return true;
    }
    const row = current();
    if (!row) return false;
    const link = title(row);
    if (key === "Enter" && document.activeElement.closest("a, button, summary, input")) return false;
    if (key === "Enter") return link.click(), true;
    if (key === "o") {
      const out = row.querySelector("a.out");
      return out ? (out.click(), true) : false;
    }
    if (key === "w") {
      const reasons = row.querySelector(".reasons");
      return reasons ? ((reasons.open = !reasons.open), true) : false;
    }
    const part = { d: "domain", e: "severity", p: "place" }[key];
    if (part) return location.assign(link.href + "#correct-" + part), true;
    return false;
  }

  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const follows = before === "g";
    before = event.key === "g" && !follows ? "g" : "";
    if (!follows && press(event.key)) event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest(".signal[data-signal]");
    if (row) select(row, false);
  });

  // Help stands under the results: whoever asks for it is taken there.
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.id === "guide" && event.target.open) event.target.scrollIntoView({ block: "start" });
    },
    true,
  );

  function restore() {
    const held = sessionStorage.getItem(memory());
    const row = held && document.querySelector('.signal[data-signal="' + CSS.escape(held) + '"]');
    if (row) select(row, true);
  }
  addEventListener("pageshow", (event) => {
    const kind = performance.getEntriesByType("navigation")[0];
    if (event.persisted || (kind && kind.type === "back_forward")) restore();
  });
  document.addEventListener("htmx:historyRestore", restore);

  // A drag over the strip asks for the days from one bar to another.
  let from = null;
  const bar = (event) => {
    const there = document.elementFromPoint(event.clientX, event.clientY);
    return there && there.closest(".strip[data-by-day] li");
  };
  const reach = (one, other) => {
    const bars = [...one.parentElement.children];
    const [first, last] = [bars.indexOf(one), bars.indexOf(other)].sort((a, b) => a - b);
    return bars.slice(first, last + 1);
  };
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest(".strip")) event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    from = event.button === 0 ? bar(event) : null;
  });
  document.addEventListener("pointermove", (event) => {
    const to = from && bar(event);
    if (!to || to.parentElement !== from.parentElement) return;
    const chosen = to === from ? [] : reach(from, to);
    for (const each of from.parentElement.children) each.classList.toggle("dragged", chosen.includes(each));
  });
  document.addEventListener("pointerup", (event) => {
    const to = from && bar(event);
    const start = from;
    from = null;
    if (!to || to === start || to.parentElement !== start.parentElement) return;
    const days = reach(start, to).map((each) => each.firstElementChild.id.slice(4));
    const iso = (day) => day.slice(0, 4) + "-" + day.slice(4, 6) + "-" + day.slice(6);
    const address = new URL(to.parentElement.dataset.range, location.href);
    const query = address.searchParams.get("q");
    address.searchParams.set("q", query.replace("1970-01-01", iso(days[0])).replace("1970-01-02", iso(days.at(-1))));
    location.assign(address);
  });
})();
