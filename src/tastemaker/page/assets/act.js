// Acts on an open page: what a form or a button with data-send says goes to the server; parts of the page come back.
// And tables that sort. Heard once, on the document, so what arrives later needs no setting up.
"use strict";
(() => {
  const act = (name, values, sure) => {
    if (sure && !window.confirm(sure)) return;
    window.tm.send(name, values);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-send]");
    if (button) act(button.dataset.send, JSON.parse(button.dataset.value || "{}"), button.dataset.sure);
    const heading = event.target.closest("[data-sort]");
    if (heading) sort(heading.closest("th"));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-send]");
    if (!form) return;
    event.preventDefault();
    act(form.dataset.send, Object.fromEntries(new FormData(form)), form.dataset.sure);
  });

  // --- jobs as they go
  setInterval(() => { if (document.getElementById("jobs") && !document.hidden) window.tm.send("tm_jobs", {}); }, 1000);

  // --- sorting: numbers by size, words by the alphabet; a second press turns it round
  const worth = (text) => {
    const number = Number(text.replace(/[,\s%]/g, ""));
    return text.trim() && Number.isFinite(number) ? number : null;
  };
  const sort = (head) => {
    const body = head.closest("table").tBodies[0], column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const text = (row) => row.cells[column].textContent;
    const order = (one, other) => {
      const [a, b] = [worth(text(one)), worth(text(other))];
      if (a !== null && b !== null) return a - b;
      return a !== null ? -1 : b !== null ? 1 : text(one).localeCompare(text(other));
    };
    body.append(...[...body.rows].sort((one, other) => (down ? -1 : 1) * order(one, other)));
  };

  // --- a part of the page that changes by itself keeps the focus where it was
  window.tm.part = (id, html) => {
    const part = document.getElementById(id);
    if (!part) return;
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    part.innerHTML = html;
    if (focused) [...part.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === focused)?.focus();
  };
})();
