// Approve, refuse, undo: a decision is sent with the name of who decides, and the card that comes back takes its place.
"use strict";
(() => {
  const KEY = "tm-who";
  const field = () => document.querySelector("#who");
  const fill = () => { if (field() && !field().value) field().value = localStorage.getItem(KEY) || ""; };
  document.addEventListener("input", (event) => {
    if (event.target.id === "who") localStorage.setItem(KEY, event.target.value.trim());
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-decide]");
    if (!button) return;
    fill();
    const who = field().value.trim();
    if (!who) { field().focus(); return window.tm.say("Say first who you are"); }
    const card = button.closest(".creative");
    const why = card.querySelector(".why-field")?.value.trim() || "";
    for (const other of card.querySelectorAll("[data-decide]")) other.disabled = true;
    window.tm.send("tm_decide", { name: card.dataset.name, state: button.dataset.decide, who, why });
  });
  window.tm.decided = (name, html, tabs) => {
    document.querySelectorAll(".filters .choices a").forEach((link, place) => { link.textContent = tabs[place]; });
    const card = document.querySelector(`.creative[data-name="${name}"]`);
    if (!card) return;
    const open = card.querySelector("details")?.open;
    const held = document.createElement("template");
    held.innerHTML = html;
    const fresh = held.content.firstElementChild;
    if (open) fresh.querySelector("details").open = true;
    card.replaceWith(fresh);
    fresh.querySelector("[data-decide]")?.focus({ preventScroll: true });
  };
  fill();
  new MutationObserver(fill).observe(document.querySelector("#main"), { childList: true });
})();
