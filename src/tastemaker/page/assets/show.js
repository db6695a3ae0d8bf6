// See it on you, in your room: the photo stays in this window and goes to the server only for the preview.
// Everything is heard once, on the document; the state belongs to the section that is on the page.
"use strict";
(() => {
  const MAX_SIDE = 1600;
  const $ = (selector) => document.querySelector(selector);
  const root = () => $("section[data-show]");
  const act = (name) => $(`[data-show-act="${name}"]`);
  let photo = null, keys = [], job = null, seed = 0, at = null, corners = [], editing = true;

  const say = (text) => { $(".show .said").textContent = text; };
  const room = () => root().dataset.show === "in-room";
  const marking = () => $("[data-show-mark]").checked;

  // --- the photo: scaled here, so that its metadata never leaves this machine
  const take = async (file) => {
    if (!file) return;
    const bitmap = await createImageBitmap(file).catch(() => null);
    if (!bitmap) return say("That file is not a picture that can be read.");
    const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    forget();
    photo = { width: canvas.width, height: canvas.height, url: canvas.toDataURL("image/jpeg", 0.93) };
    const place = $(".show .photo");
    place.replaceChildren(image("before", photo.url, "Your photo"));
    place.style.aspectRatio = `${photo.width} / ${photo.height}`;
    place.style.setProperty("--shape", photo.width / photo.height);
    place.hidden = false;
    $(".show .choose").hidden = true;
    $(".show .own").hidden = false;
    at = null;
    editing = true;
    corners = room() ? [[0.15, 0.92], [0.85, 0.92], [0.68, 0.68], [0.32, 0.68]] : [[0.28, 0.15], [0.72, 0.6]];
    draw();
    say(room() ? "Tap where it should stand, then show it." : "Say that the photo may be used, then show it.");
  };
  const image = (name, source, alt) => Object.assign(document.createElement("img"), { className: name, src: source, alt, draggable: false });

  // --- the region: a box for a person, a rectangle of the floor for a room
  const draw = () => {
    const place = $(".show .photo");
    for (const old of place.querySelectorAll(".corner, .outline, .spot")) old.remove();
    if (at) place.append(Object.assign(document.createElement("span"), { className: "spot", style: `left:${at[0] * 100}%;top:${at[1] * 100}%` }));
    if (!photo || !marking() || !editing) return;
    const shape = room() ? corners : [corners[0], [corners[1][0], corners[0][1]], corners[1], [corners[0][0], corners[1][1]]];
    const outline = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    outline.setAttribute("class", "outline");
    outline.setAttribute("viewBox", "0 0 100 100");
    outline.setAttribute("preserveAspectRatio", "none");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
    line.setAttribute("points", shape.map(([x, y]) => `${x * 100},${y * 100}`).join(" "));
    outline.append(line);
    place.append(outline);
    corners.forEach(([x, y], number) => {
      const corner = Object.assign(document.createElement("button"), { type: "button", className: "corner", ariaLabel: `Corner ${number + 1}; arrow keys move it` });
      corner.dataset.corner = number;
      corner.style.left = `${x * 100}%`;
      corner.style.top = `${y * 100}%`;
      place.append(corner);
    });
  };
  const clamp = (value) => Math.max(0, Math.min(1, value));
  const inPhoto = (event) => {
    const box = $(".show .photo").getBoundingClientRect();
    return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
  };
  let held = null;
  document.addEventListener("pointerdown", (event) => {
    const corner = event.target.closest?.(".show .corner");
    if (!corner) return;
    event.preventDefault();
    corner.focus();
    held = Number(corner.dataset.corner);
  });
  document.addEventListener("pointermove", (event) => {
    if (held === null) return;
    corners[held] = inPhoto(event);
    draw();
  });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { setTimeout(() => { held = null; }); });
  document.addEventListener("keydown", (event) => {
    const corner = event.target.closest?.(".show .corner");
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!corner || !way) return;
    event.preventDefault();
    const number = Number(corner.dataset.corner);
    corners[number] = [clamp(corners[number][0] + way[0] * 0.01), clamp(corners[number][1] + way[1] * 0.01)];
    draw();
    $(`.show .corner[data-corner="${number}"]`).focus();
  });

  // --- asking the server
  const asked = () => {
    const pixels = ([x, y]) => [Math.round(x * photo.width), Math.round(y * photo.height)];
    const body = { item: root().dataset.item, seed, [room() ? "room" : "person"]: photo.url.split(",")[1] };
    if (!room()) {
      body.consent = $("[data-show-consent]").checked;
      if (marking()) {
        const [a, b] = corners.map(pixels);
        body.box = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
      }
      return body;
    }
    if (at) body.at = pixels(at);
    if (marking()) {
      body.floor = corners.map(pixels);
      body.floor_size = ["first", "second"].map((name) => Number($(`[data-show-side="${name}"]`).value) || 1);
    }
    return body;
  };
  const call = async (path, options = {}) => {
    const answer = await fetch(path, options);
    const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error([told.detail, told.hint].filter(Boolean).join(". ") || "That did not work");
    return told;
  };
  const sentence = (text) => { const line = text.trim(); return line.charAt(0).toUpperCase() + line.slice(1) + (/[.!?]$/.test(line) ? "" : "."); };
  const go = async () => {
    if (!photo) return say(room() ? "Choose a photo of your room first." : "Choose a photo first.");
    if (!room() && !$("[data-show-consent]").checked) {
      $("[data-show-consent]").focus();
      return say("Tick that the photo may be used; nothing is sent before that.");
    }
    act("go").hidden = true;
    act("stop").hidden = false;
    say("One moment …");
    try {
      job = await call(room() ? "/place" : "/try-on", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked()) });
      while (job.state === "running") {
        await new Promise((done) => setTimeout(done, 250));
        job = await call(`/jobs/${job.id}`);
      }
      if (job.state === "failed") throw new Error([job.problem?.detail, job.problem?.hint].filter(Boolean).join(". "));
      job.state === "cancelled" ? say("Stopped.") : arrive(job.result);
    } catch (error) {
      say(sentence(error.message));
    } finally {
      job = null;
      act("go").hidden = false;
      act("stop").hidden = true;
    }
  };
  const arrive = (result) => {
    clear();
    const warned = (result.warnings || []).map(sentence).join(" ");
    if (result.refused) return say(`Not shown, because it would not look right: ${result.refused}. ${warned} Another photo may do.`);
    const [first] = result.shown;
    keys = result.shown.flatMap((each) => [each.picture, each.mask]);
    const after = image("after", `/shown/${first.picture}`, "Your photo with the product in it, generated");
    const mask = image("changed", `/shown/${first.mask}`, "");
    mask.hidden = true;
    $(".show .photo").append(after, mask);
    editing = false; // the region would lie over what it has led to
    draw();
    for (const name of [".compare", ".after.acts"]) $(`.show ${name}`).hidden = false;
    $("[data-show-compare]").value = 100;
    compare();
    $('[data-show="download"]').href = `/shown/${first.picture}`;
    say(`A preview, not a fit. ${warned}`);
  };
  const compare = () => {
    const share = $("[data-show-compare]").value;
    const after = $(".show img.after");
    if (after) after.style.clipPath = `inset(0 ${100 - share}% 0 0)`;
    $(".show .photo").style.setProperty("--share", `${share}%`);
    $(".show .photo").classList.toggle("comparing", Boolean(after) && share > 0 && share < 100);
  };
  const clear = () => {
    for (const old of document.querySelectorAll(".show img.after, .show img.changed")) old.remove();
    for (const name of [".compare", ".after.acts"]) $(`.show ${name}`).hidden = true;
    for (const key of keys) fetch(`/shown/${key}`, { method: "DELETE" }).catch(() => {});
    keys = [];
  };
  const forget = () => {
    clear();
    photo = null;
    $(".show .photo").replaceChildren();
    $(".show .photo").hidden = true;
    $(".show .choose").hidden = false;
    $(".show .own").hidden = true;
    $("[data-show-photo]").value = "";
  };

  document.addEventListener("change", (event) => {
    if (!root()) return;
    if (event.target.matches("[data-show-photo]")) take(event.target.files[0]);
    if (event.target.matches("[data-show-mark]")) { $(".show .marking").hidden = !marking(); editing = true; draw(); }
  });
  document.addEventListener("input", (event) => { if (event.target.matches?.("[data-show-compare]")) compare(); });
  document.addEventListener("click", (event) => {
    if (!root()) return;
    const name = event.target.closest("[data-show-act]")?.dataset.showAct;
    if (name === "go") go();
    else if (name === "other") { seed += 1; go(); }
    else if (name === "stop" && job) call(`/jobs/${job.id}`, { method: "DELETE" }).catch(() => {});
    else if (name === "mask") { const mask = $(".show img.changed"); if (mask) mask.hidden = !mask.hidden; }
    else if (name === "delete") { forget(); say("Your photo and what was made from it are deleted."); }
    else if (room() && photo && held === null && event.target.closest(".show .photo") && !event.target.closest(".corner")) { at = inPhoto(event); editing = true; draw(); }
  });
  window.addEventListener("pagehide", () => { for (const key of keys) fetch(`/shown/${key}`, { method: "DELETE", keepalive: true }).catch(() => {}); });
})();
