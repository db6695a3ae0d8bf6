// The live parts in the browser: pictures into the search bar, "not for me" with undo, skeletons, keys.
// Everything else is links and a form. Clicks are heard once, on the document, so new content needs no setting up.
"use strict";
(() => {
  const UNDO_MS = 5500;
  const MAX_SIDE = 720;
  const $ = (selector, root = document) => root.querySelector(selector);
  const person = () => $("#page").dataset.person;

  // --- to the server, as soon as NiceGUI is there
  const send = (name, value) => {
    if (window.did_handshake) emitEvent(name, value);
    else setTimeout(() => send(name, value), 50);
  };

  // --- the message at the bottom
  let clearing;
  const say = (text, act, ms = UNDO_MS) => {
    clearTimeout(clearing);
    const words = Object.assign(document.createElement("span"), { textContent: text });
    $("#message").replaceChildren(words);
    if (act) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: act.text });
      button.addEventListener("click", () => { hush(); act.run(); });
      $("#message").append(button);
    }
    clearing = setTimeout(hush, ms);
  };
  const hush = () => { clearTimeout(clearing); $("#message").replaceChildren(); };

  // --- not for me
  const hidden = () => new Set(JSON.parse(sessionStorage.getItem(`tm-hidden-${person()}`) || "[]"));
  const remember = (items) => sessionStorage.setItem(`tm-hidden-${person()}`, JSON.stringify([...items].slice(-500)));
  const hideKnown = () => {
    const gone = hidden();
    for (const card of document.querySelectorAll("#main .card[data-item]")) card.hidden = gone.has(card.dataset.item);
  };
  const dislike = (element) => {
    const { item, title } = element.closest("[data-item]").dataset;
    const cards = [...document.querySelectorAll("#main .card[data-item]")].filter((card) => card.dataset.item === item);
    const next = nextCard(element.closest(".card"));
    remember(hidden().add(item));
    send("tm_dislike", item);
    for (const card of cards) card.classList.add("leaving");
    setTimeout(() => { if (hidden().has(item)) for (const card of cards) card.hidden = true; }, 200);
    if (next && document.activeElement === element) next.focus({ preventScroll: true });
    say(`${person() ? "Hidden" : "Hidden in this window"}: ${title.length > 48 ? `${title.slice(0, 47)}…` : title}`, { text: "Undo", run: () => {
      const rest = hidden();
      rest.delete(item);
      remember(rest);
      send("tm_undo", item);
      for (const card of cards) { card.hidden = false; requestAnimationFrame(() => card.classList.remove("leaving")); }
      element.focus({ preventScroll: true });
    } });
  };
  // --- the list: of a person in the shop, of nobody in this browser
  const LIST = "tm-list";
  const lines = (text) => (text || "").split("\n").filter(Boolean);
  const saved = new Set(lines(person() ? $("#page").dataset.saved : localStorage.getItem(LIST)).reverse());
  const markSaved = () => {
    for (const button of document.querySelectorAll('[data-act="save"]')) {
      button.setAttribute("aria-pressed", saved.has(button.closest("[data-item]").dataset.item));
    }
    const link = $('.ways a[href^="/list"]');
    if (link) link.textContent = saved.size ? `List ${saved.size}` : "List";
  };
  const put = (items, on) => {
    const changed = items.filter((item) => saved.has(item) !== on);
    for (const item of changed) {
      on ? saved.add(item) : saved.delete(item);
      if (person()) send("tm_save", { item, on: String(on) });
    }
    if (!person()) localStorage.setItem(LIST, [...saved].reverse().slice(0, 200).join("\n"));
    markSaved();
    return changed;
  };
  const save = (button) => {
    const { item, title } = button.closest("[data-item]").dataset;
    put([item], !saved.has(item));
    const on = saved.has(item);
    say(`${on ? "On your list" : "No longer on your list"}: ${title.length > 48 ? `${title.slice(0, 47)}…` : title}`);
  };
  const fetchList = () => { if ($("[data-list]")) send("tm_list", { items: [...saved].reverse().join("\n") }); };
  const arrived = () => { hideKnown(); markSaved(); };

  const nextCard = (card) => {
    let other = card?.nextElementSibling;
    while (other?.hidden) other = other.nextElementSibling;
    return other ? $(".see", other) : null;
  };

  // --- a picture into the search bar
  const smaller = async (file) => {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  };
  const take = async (file) => {
    if (!file) return;
    say("Taking the picture …", null, 60000);
    const sent = await smaller(file).catch(() => null);
    if (!sent) return say("That file is not a picture that can be read");
    let answer;
    try {
      answer = await fetch("/page/pictures", { method: "POST", body: sent, headers: { "Content-Type": "image/jpeg" } });
    } catch {
      return say("The shop cannot be reached; try again in a moment");
    }
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) return say(told.detail || "That picture was not taken");
    hold(told.key);
  };
  const hold = (key) => {
    const made = (name, values) => Object.assign(document.createElement(name), values);
    const held = made("span", { className: "held" });
    held.dataset.field = "picture";
    const cross = made("button", { type: "button", textContent: "×", ariaLabel: "Remove your picture" });
    cross.dataset.act = "let-go";
    const value = made("input", { type: "hidden", name: "picture", value: key });
    held.append(made("img", { src: `/page/pictures/${encodeURIComponent(key)}`, alt: "your picture" }), value, cross);
    $("#held").replaceChildren(held);
    $("#change").hidden = false;
    $("#words").placeholder = "And words, if you like";
    $("#change").focus();
    say("Picture added. Say what should be different, or press Search.");
  };
  const letGo = (button) => {
    const held = button.closest(".held");
    const { name, value } = $("input", held);
    if (name === "picture") fetch(`/page/pictures/${encodeURIComponent(value)}`, { method: "DELETE" }).catch(() => {});
    held.remove();
    $("#words").placeholder = "Words, or drop a picture";
    $("#words").focus();
  };
  const pictureIn = (transfer) => [...(transfer?.files || [])].find((file) => file.type.startsWith("image/"));

  // --- waiting: a skeleton at once when it takes more than a moment, words and a way out after a second
  let kept = null;
  const wait = (saying) => {
    const main = $("#main");
    const timer = setTimeout(() => {
      kept = [...main.childNodes];
      const line = Object.assign(document.createElement("p"), { className: "saying", textContent: `${saying} ` });
      const stop = Object.assign(document.createElement("button"), { type: "button", textContent: "Stop" });
      stop.addEventListener("click", () => { window.stop(); back(); });
      line.append(stop);
      const cards = document.createElement("ul");
      cards.className = "cards grid";
      cards.ariaHidden = "true";
      cards.innerHTML = '<li class="card blank"><span class="picture"></span><span class="bar"></span></li>'.repeat(12);
      const waiting = Object.assign(document.createElement("div"), { className: "waiting" });
      waiting.append(line, cards);
      main.replaceChildren(waiting);
      window.scrollTo(0, 0);
    }, 250);
    window.addEventListener("pagehide", () => clearTimeout(timer), { once: true });
  };
  const back = () => { if (kept) { $("#main").replaceChildren(...kept); kept = null; } };
  window.addEventListener("pageshow", back);

  // --- rows that scroll
  const slide = (arrow) => {
    const cards = $(".cards", arrow.parentElement);
    cards.scrollBy({ left: (arrow.classList.contains("on") ? 0.8 : -0.8) * cards.clientWidth, behavior: "smooth" });
  };

  document.addEventListener("scroll", (event) => {
    const rail = event.target.closest?.(".rail");
    if (rail) rail.classList.toggle("moved", event.target.scrollLeft > 8);
  }, { capture: true, passive: true });

  // --- what is heard
  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "save") save(event.target.closest("[data-act]"));
    else if (act === "dislike") dislike(event.target.closest("[data-act]"));
    else if (act === "let-go") letGo(event.target);
    else if (act === "close") $("#people").close();
    else if (event.target.closest(".arrow")) slide(event.target.closest(".arrow"));
    else if (event.target.closest("#person")) openPeople();
    else if (event.target.id === "people") event.target.close();
    const link = event.target.closest("#main a[href], #people a[href], .ways a[href]");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button);
    if (link && plain && !link.hash && !link.download && link.target !== "_blank") wait("One moment …");
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches(".fields:not([data-send])")) wait("One moment …");
    if (event.target.id !== "search") return;
    for (const input of event.target.elements) if (input.name && !input.value.trim()) input.disabled = true;
    setTimeout(() => { for (const input of event.target.elements) input.disabled = false; });
    const words = $("#words").value.trim();
    wait(words ? `Looking for “${words}” …` : "Looking …");
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "file") return;
    take(event.target.files[0]);
    event.target.value = "";
  });
  document.addEventListener("paste", (event) => {
    const file = pictureIn(event.clipboardData);
    if (file) { event.preventDefault(); take(file); }
  });
  let over = 0;
  const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  document.addEventListener("dragenter", (event) => { if (carries(event)) { over += 1; $("#drop").hidden = false; } });
  document.addEventListener("dragleave", (event) => { if (carries(event) && (over -= 1) <= 0) { over = 0; $("#drop").hidden = true; } });
  document.addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    over = 0;
    $("#drop").hidden = true;
    const file = pictureIn(event.dataTransfer);
    file ? take(file) : say("That file is not a picture that can be read");
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      $("#words").focus();
      $("#words").select();
    }
  });
  // a picture that does not come: the item's title in its place
  const cover = (image) => {
    const box = image.closest?.(".picture");
    if (box) { box.classList.add("bare"); image.remove(); }
  };
  document.addEventListener("error", (event) => cover(event.target), true);

  // --- people
  const openPeople = () => {
    const dialog = $("#people");
    if (!dialog) return setTimeout(openPeople, 50); // NiceGUI is still on its way
    const words = $("input", dialog);
    if (!words.dataset.heard) {
      words.dataset.heard = "yes";
      let typing;
      words.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => send("tm_people", words.value.trim()), 150); });
      words.addEventListener("keydown", (event) => { if (event.key === "Enter") $(".names a", dialog)?.click(); });
    }
    words.value = "";
    send("tm_people", "");
    dialog.showModal();
    words.focus();
  };

  // --- from the server
  window.tm = {
    fill: (html, title) => { $("#main").innerHTML = html; document.title = title; arrived(); },
    say,
    send,
    smaller,
    list: { put, mark: markSaved, all: () => [...saved].reverse() },
  };
  arrived();
  fetchList();
  $('.ways [aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "center" });
  for (const image of document.querySelectorAll(".picture img")) if (image.complete && !image.naturalWidth) cover(image);
})();
