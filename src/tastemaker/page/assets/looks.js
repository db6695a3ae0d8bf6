// Which part of a picture counts: a veil over what does not, on an item's own page and in the conversation.
"use strict";
(() => {
  const LEFT = 0.2; // of a part that does not count, as in a picture that `tastemaker explain` writes
  const SIDE = 240;
  const $ = (selector, root = document) => root.querySelector(selector);

  // --- the veil has the picture's shape, so that both are fitted into the box alike
  const veil = (looks, picture) => {
    const most = Math.max(1e-9, ...looks.falls.flat());
    const side = looks.falls.length;
    const small = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const pixels = new ImageData(side, side);
    looks.falls.flat().forEach((fall, place) => {
      pixels.data.set([255, 255, 255, 255 * (1 - LEFT) * (1 - Math.max(0, fall) / most)], 4 * place);
    });
    small.getContext("2d").putImageData(pixels, 0, 0);
    const scale = SIDE / Math.max(picture.naturalWidth, picture.naturalHeight);
    const made = Object.assign(document.createElement("canvas"),
      { className: "veil", width: Math.round(picture.naturalWidth * scale), height: Math.round(picture.naturalHeight * scale) });
    const context = made.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(small, 0, 0, made.width, made.height);
    return made;
  };
  const lit = (box, looks) => {
    const picture = $("img", box);
    const put = () => { $(".veil", box)?.remove(); if (picture.naturalWidth) box.append(veil(looks, picture)); };
    if (picture) picture.complete && picture.naturalWidth ? put() : picture.addEventListener("load", put, { once: true });
  };

  // --- on an item's page
  const asked = async (button) => {
    const box = $(".large .picture");
    const told = $(".why .looks-told");
    if ($(".veil", box)) {
      $(".veil", box).remove();
      told.textContent = "";
      button.ariaPressed = "false";
      return;
    }
    told.textContent = "Looking closely …";
    const { item, user, text } = button.dataset;
    const query = new URLSearchParams({ item, looks: "true", ...(user && { user }), ...(text && { text }) });
    const answer = await fetch(`/explain?${query}`).then((found) => found.json()).catch(() => null);
    const looks = answer?.looks;
    const words = looks ? looks.sentence || "no part of its picture counts more than another" : answer?.notes?.at(-1);
    told.textContent = words ? words.slice(0, 1).toUpperCase() + words.slice(1) : "The shop cannot be reached; try again in a moment.";
    if (!looks?.sentence) return;
    lit(box, looks);
    button.ariaPressed = "true";
    if (box.getBoundingClientRect().bottom < 120) box.scrollIntoView({ behavior: "smooth", block: "center" });
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act=looks]");
    if (button) asked(button);
  });
  window.tm.lit = lit;
})();
