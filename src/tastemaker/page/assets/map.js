// The map of the items: zoom by wheel, buttons and keys, move by dragging, an item's picture before it is opened.
// Heard on the document, so a map that arrives late needs no setting up.
"use strict";
(() => {
  const SIDE = 1000, CLOSEST = 40;
  const map = () => document.querySelector("#map");
  const box = (svg) => svg.viewBox.baseVal;
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const middle = (dot) => { const circle = dot.querySelector("circle"); return [circle.cx.baseVal.value, circle.cy.baseVal.value]; };

  const show = (svg, x, y, side) => {
    side = clamp(side, SIDE / CLOSEST, SIDE);
    svg.setAttribute("viewBox", `${clamp(x, 0, SIDE - side)} ${clamp(y, 0, SIDE - side)} ${side} ${side}`);
    const radius = Number(svg.dataset.dot) * (0.25 + 0.75 * side / SIDE) * Math.sqrt(side / SIDE);
    if (svg.dataset.radius !== radius.toFixed(2)) {
      svg.dataset.radius = radius.toFixed(2);
      for (const circle of svg.querySelectorAll("circle")) circle.setAttribute("r", radius);
    }
  };
  const zoom = (svg, factor, atX, atY) => {
    const { x, y, width } = box(svg);
    const side = clamp(width * factor, SIDE / CLOSEST, SIDE);
    atX ??= x + width / 2;
    atY ??= y + width / 2;
    show(svg, atX - (atX - x) * side / width, atY - (atY - y) * side / width, side);
  };
  const at = (svg, event) => {
    const place = svg.getBoundingClientRect(), { x, y, width } = box(svg);
    return [x + (event.clientX - place.left) / place.width * width, y + (event.clientY - place.top) / place.height * width];
  };

  // --- the card of an item
  const spot = (dot) => {
    const card = document.querySelector("#spot");
    if (!card) return;
    card.hidden = !dot;
    if (!dot) return;
    const words = Object.assign(document.createElement("span"), { textContent: dot.getAttribute("aria-label") });
    const picture = dot.dataset.picture ? [Object.assign(document.createElement("img"), { src: dot.dataset.picture, alt: "" })] : [];
    card.replaceChildren(...picture, words);
    const canvas = card.parentElement.getBoundingClientRect(), place = dot.getBoundingClientRect();
    const left = place.left - canvas.left + 16, top = place.top - canvas.top + 16;
    card.style.left = `${clamp(left > canvas.width - 180 ? left - 192 : left, 8, canvas.width - 168)}px`;
    card.style.top = `${clamp(top, 8, Math.max(8, canvas.height - 260))}px`;
  };
  const dotOf = (event) => event.target.closest?.("#map .dot");
  document.addEventListener("mouseover", (event) => { if (map()) spot(dotOf(event) || document.activeElement.closest("#map .dot")); });
  document.addEventListener("focusin", (event) => { if (map()) spot(dotOf(event)); });

  // --- zoom and move
  document.addEventListener("wheel", (event) => {
    const svg = event.target.closest?.("#map");
    if (!svg) return;
    event.preventDefault();
    zoom(svg, event.deltaY > 0 ? 1.25 : 0.8, ...at(svg, event));
  }, { passive: false });
  document.addEventListener("click", (event) => {
    const way = event.target.closest?.("[data-zoom]")?.dataset.zoom;
    if (way === "whole") show(map(), 0, 0, SIDE);
    else if (way) zoom(map(), way === "in" ? 0.6 : 1 / 0.6);
  });
  let held = null;
  document.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest?.("#map");
    if (svg && event.isPrimary) held = { svg, x: event.clientX, y: event.clientY, view: { ...{ x: box(svg).x, y: box(svg).y } }, moved: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (!held || !event.isPrimary || (event.pointerType !== "mouse" && box(held.svg).width === SIDE)) return;
    const across = event.clientX - held.x, down = event.clientY - held.y;
    held.moved ||= Math.abs(across) + Math.abs(down) > 6;
    if (!held.moved) return;
    const scale = box(held.svg).width / held.svg.getBoundingClientRect().width;
    show(held.svg, held.view.x - across * scale, held.view.y - down * scale, box(held.svg).width);
  });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { if (held?.moved) setTimeout(() => { held = null; }); else held = null; });
  document.addEventListener("click", (event) => { if (held?.moved && dotOf(event)) { event.preventDefault(); event.stopPropagation(); } }, { capture: true });
  document.addEventListener("dragstart", (event) => { if (dotOf(event)) event.preventDefault(); });

  // --- keys: arrows go to the nearest dot that way, plus and minus zoom
  const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  document.addEventListener("keydown", (event) => {
    const svg = event.target.closest?.("#map");
    if (!svg || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "-") { event.preventDefault(); return zoom(svg, event.key === "+" ? 0.6 : 1 / 0.6); }
    const way = WAYS[event.key];
    if (!way) return;
    event.preventDefault();
    const now = dotOf(event), view = box(svg);
    const [x, y] = now ? middle(now) : [view.x + view.width / 2, view.y + view.width / 2];
    let best = null, least = Infinity;
    for (const dot of svg.querySelectorAll(".dot")) {
      if (dot === now) continue;
      const [toX, toY] = middle(dot), along = (toX - x) * way[0] + (toY - y) * way[1];
      const aside = Math.abs((toX - x) * way[1]) + Math.abs((toY - y) * way[0]);
      const cost = along + 3 * aside;
      if (along > 0 && cost < least) [best, least] = [dot, cost];
    }
    if (!best) return;
    const [toX, toY] = middle(best);
    if (toX < view.x || toX > view.x + view.width || toY < view.y || toY > view.y + view.width) show(svg, toX - view.width / 2, toY - view.width / 2, view.width);
    best.focus({ preventScroll: true });
  });
})();
