// See it on you, in your room: the photo stays in this window and goes to the server only for the preview.
// Everything is heard once, on the document; the state belongs to the section that is on the page.
"use strict";
(() => {
  const MAX_SIDE = 1600;
  const $ = (selector) => document.querySelector(selector);
  const root = () => $("section[data-show]");
  const act = (name) => $(`[data-show-act="${name}"]`);
  let photo = null, keys = [], job = null, seed = 0, at = null, corners = [], points = {}, editing = true;

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
    brushing();
    say(room() ? "Tap where it should stand, then show it." : "Say that the photo may be used, then show it.");
  };
  const image = (name, source, alt) => Object.assign(document.createElement("img"), { className: name, src: source, alt, draggable: false });

  // --- the region: a box for a person, a rectangle of the floor for a room, points of a body; each by a handle
  const on = (name) => Boolean($(`[data-show-${name}]`)?.checked);
  const places = () => [
    ...(marking() ? corners.map((place, number) => [String(number), place, `Corner ${number + 1}`]) : []),
    ...(on("points") ? Object.entries(points).map(([name, place]) => [name, place, name]) : []),
  ];
  const move = (name, place) => { if (name in points) points[name] = place; else corners[Number(name)] = place; };
  const draw = () => {
    const place = $(".show .photo");
    for (const old of place.querySelectorAll(".corner, .outline, .spot")) old.remove();
    if (at) place.append(Object.assign(document.createElement("span"), { className: "spot", style: `left:${at[0] * 100}%;top:${at[1] * 100}%` }));
    if (!photo || !editing) return;
    if (marking()) outline(place);
    for (const [name, [x, y], label] of places()) {
      const handle = Object.assign(document.createElement("button"), { type: "button", className: name in points ? "corner point" : "corner", ariaLabel: `${label}; arrow keys move it`, title: label });
      handle.dataset.handle = name;
      handle.style.left = `${x * 100}%`;
      handle.style.top = `${y * 100}%`;
      place.append(handle);
    }
  };
  const outline = (place) => {
    const shape = room() ? corners : [corners[0], [corners[1][0], corners[0][1]], corners[1], [corners[0][0], corners[1][1]]];
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("class", "outline");
    drawing.setAttribute("viewBox", "0 0 100 100");
    drawing.setAttribute("preserveAspectRatio", "none");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
    line.setAttribute("points", shape.map(([x, y]) => `${x * 100},${y * 100}`).join(" "));
    drawing.append(line);
    place.append(drawing);
  };
  const clamp = (value) => Math.max(0, Math.min(1, value));
  const inPhoto = (event) => {
    const box = $(".show .photo").getBoundingClientRect();
    return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
  };
  let held = null;
  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.(".show .corner");
    if (!handle) return;
    event.preventDefault();
    handle.focus();
    held = handle.dataset.handle;
  });
  document.addEventListener("pointermove", (event) => {
    if (held === null) return;
    move(held, inPhoto(event));
    draw();
  });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { setTimeout(() => { held = null; }); });
  document.addEventListener("keydown", (event) => {
    const handle = event.target.closest?.(".show .corner");
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!handle || !way) return;
    event.preventDefault();
    const name = handle.dataset.handle, [x, y] = places().find(([other]) => other === name)[1];
    move(name, [clamp(x + way[0] * 0.01), clamp(y + way[1] * 0.01)]);
    draw();
    $(`.show .corner[data-handle="${name}"]`).focus();
  });

  // --- the brush: what is painted may change, the rest stays; over the photo in its own size, half of it at most
  let stroke = null, rubbing = false;
  const canvas = () => $(".show canvas.brush");
  const brushing = () => {
    if (!photo || !on("brush")) return canvas()?.remove();
    if (canvas()) return;
    const scale = Math.min(1, 800 / Math.max(photo.width, photo.height));
    const made = Object.assign(document.createElement("canvas"), { className: "brush", width: Math.round(photo.width * scale), height: Math.round(photo.height * scale) });
    made.setAttribute("role", "img");
    made.setAttribute("aria-label", "Where the photo may change");
    $(".show .photo").append(made);
  };
  const paint = (from, to) => {
    const made = canvas(), context = made.getContext("2d");
    context.globalCompositeOperation = rubbing ? "destination-out" : "source-over";
    context.strokeStyle = getComputedStyle(made).color;
    context.lineWidth = Number($("[data-show-width]").value) / 100 * Math.max(made.width, made.height);
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(from[0] * made.width, from[1] * made.height);
    context.lineTo(to[0] * made.width + 0.01, to[1] * made.height);
    context.stroke();
    made.dataset.painted = "yes";
  };
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.matches?.(".show canvas.brush")) return;
    event.preventDefault();
    stroke = inPhoto(event);
    paint(stroke, stroke);
  });
  document.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const to = inPhoto(event);
    paint(stroke, to);
    stroke = to;
  });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { stroke = null; });
  const brush = () => {
    const made = canvas();
    if (!made?.dataset.painted) return null;
    const white = Object.assign(document.createElement("canvas"), { width: made.width, height: made.height });
    const context = white.getContext("2d");
    context.drawImage(made, 0, 0);
    context.globalCompositeOperation = "source-in";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, white.width, white.height);
    const whole = Object.assign(document.createElement("canvas"), { width: photo.width, height: photo.height });
    const under = whole.getContext("2d");
    under.fillRect(0, 0, photo.width, photo.height);
    under.drawImage(white, 0, 0, photo.width, photo.height);
    return whole.toDataURL("image/png").split(",")[1];
  };
  const rub = (now) => {
    rubbing = now;
    act("rub").setAttribute("aria-pressed", now);
  };

  // --- asking the server
  const asked = () => {
    const pixels = ([x, y]) => [Math.round(x * photo.width), Math.round(y * photo.height)];
    const body = { item: root().dataset.item, seed, [room() ? "room" : "person"]: photo.url.split(",")[1] };
    const painted = on("brush") && brush();
    if (painted) body.brush = painted;
    const told = $("[data-show-instruction]")?.value.trim();
    if (told) body.instruction = told;
    if (!room()) {
      if (on("points")) body.points = Object.fromEntries(Object.entries(points).map(([name, place]) => [name, pixels(place)]));
      body.consent = $("[data-show-consent]").checked;
      if (marking()) {
        const [a, b] = corners.map(pixels);
        body.box = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
      }
      return body;
    }
    if (at) body.at = pixels(at);
    body.turn = Number($("[data-show-turn]")?.value || 0);
    body.scale = Number($("[data-show-scale]").value) / 100;
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
    points = Object.fromEntries(Object.entries(result.points || {}).map(([name, [x, y]]) => [name, [x / photo.width, y / photo.height]]));
    if ($(".show .pointing")) $(".show .pointing").hidden = !Object.keys(points).length;
    if (result.refused) return say(`Not shown, because it would not look right: ${result.refused}. ${warned} Another photo may do, or correct it below.`);
    const [first] = result.shown;
    keys = result.shown.flatMap((each) => [each.picture, each.mask]);
    const after = image("after", `/shown/${first.picture}`, "Your photo with the product in it, generated");
    const mask = image("changed", `/shown/${first.mask}`, "");
    mask.hidden = true;
    $(".show .photo").append(after, mask);
    canvas()?.classList.add("done");
    editing = false; // the region would lie over what it has led to
    draw();
    for (const name of [".compare", ".after.acts"]) $(`.show ${name}`).hidden = false;
    $("[data-show-compare]").value = 100;
    compare();
    $('[data-show="download"]').href = `/shown/${first.picture}`;
    const size = (result.size || []).map((side) => Math.round(side * 100)).join(" × ");
    say(`A preview, not a fit. ${size ? `Drawn ${size} cm large (width, depth, height). ` : ""}${warned}`);
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
    points = {};
    if ($(".show .pointing")) $(".show .pointing").hidden = true;
    $(".show .photo").replaceChildren();
    $(".show .photo").hidden = true;
    $(".show .choose").hidden = false;
    $(".show .own").hidden = true;
    $("[data-show-photo]").value = "";
  };

  document.addEventListener("change", (event) => {
    if (!root()) return;
    if (event.target.matches("[data-show-photo]")) take(event.target.files[0]);
    if (event.target.matches("[data-show-mark]")) $(".show .marking").hidden = !marking();
    if (event.target.matches("[data-show-brush]")) { $(".show .painting").hidden = !on("brush"); brushing(); }
    if (event.target.matches("[data-show-mark], [data-show-points], [data-show-brush]")) { again(); draw(); }
  });
  // back to the photo itself, to correct on it
  const again = () => {
    editing = true;
    canvas()?.classList.remove("done");
    if ($(".show img.after")) { $("[data-show-compare]").value = 0; compare(); }
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-show-compare]")) compare();
    if (event.target.matches?.(".show .slide input")) event.target.nextElementSibling.textContent = event.target.value + event.target.dataset.unit;
  });
  document.addEventListener("click", (event) => {
    if (!root()) return;
    const name = event.target.closest("[data-show-act]")?.dataset.showAct;
    if (name === "go") go();
    else if (name === "other") { seed += 1; go(); }
    else if (name === "stop" && job) call(`/jobs/${job.id}`, { method: "DELETE" }).catch(() => {});
    else if (name === "mask") { const mask = $(".show img.changed"); if (mask) mask.hidden = !mask.hidden; }
    else if (name === "rub") rub(!rubbing);
    else if (name === "clean") { canvas()?.remove(); brushing(); rub(false); }
    else if (name === "delete") { forget(); say("Your photo and what was made from it are deleted."); }
    else if (room() && photo && held === null && event.target.closest(".show .photo") && !event.target.closest(".corner, canvas")) { at = inPhoto(event); editing = true; draw(); }
  });
  window.addEventListener("pagehide", () => { for (const key of keys) fetch(`/shown/${key}`, { method: "DELETE", keepalive: true }).catch(() => {}); });
})();
