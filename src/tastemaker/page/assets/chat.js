// The conversation: sends what is said or shown to /chat, draws each turn as it comes, keeps the window's own copy so
// that another page shows the same conversation. Everything from the shop goes in as text, never as HTML.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const panel = $("#chat");
  if (!panel) return;
  const { currency, person } = panel.dataset;
  const turns = $("#chat-turns");
  const KEPT = `tm-chat-${person}`;
  const MOST = 40;
  const made = (name, values = {}, ...children) => {
    const element = Object.assign(document.createElement(name), values);
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };

  // --- what the window remembers
  const read = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)) || {}; } catch { return {}; } };
  let kept = { session: null, open: false, log: [], ...read() };
  const keep = () => {
    kept.log = kept.log.slice(-MOST);
    try { sessionStorage.setItem(KEPT, JSON.stringify(kept)); } catch { kept.log = kept.log.slice(-4); }
  };

  // --- drawing
  const price = (amount) => {
    if (amount === null || amount === undefined) return "";
    const digits = Number.isInteger(amount) ? 0 : 2;
    const shown = amount.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return `${currency}${/[A-Za-z]$/.test(currency) ? "\u00a0" : ""}${shown}`;
  };
  const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
  const photo = (name, alt) => {
    const box = made("span", { className: "picture" }, made("span", { className: "cover", textContent: alt }));
    if (!name) { box.classList.add("bare"); return box; }
    const source = `/pictures/${name.split("/").map(encodeURIComponent).join("/")}`;
    box.append(made("img", { src: `${source}?width=240`, alt: "", loading: "lazy", decoding: "async" }));
    return box;
  };
  const address = (id) => `/item/${encodeURIComponent(id)}${person ? `?person=${encodeURIComponent(person)}` : ""}`;
  const card = (item, place) => {
    const title = item.title || item.id;
    const see = made("a", { className: "see", href: address(item.id) }, photo(item.picture, title),
      made("span", { className: "line" }, made("span", { className: "title", textContent: title }),
        item.price === null ? null : made("span", { className: "price", textContent: price(item.price) })));
    const why = made("button", { type: "button", textContent: "Why?", ariaLabel: `Why ${title}?` });
    why.addEventListener("click", () => send({ said: `Why “${title}”?`, action: { verb: "explain", item: item.id } }));
    const like = made("button", { type: "button", textContent: "Like this", ariaLabel: `More like ${title}` });
    like.addEventListener("click", () => send({ said: `Like “${title}”`, action: { verb: "compose", items: [item.id] } }));
    const reason = item.reasons[0] ? made("p", { className: "reason", textContent: capital(item.reasons[0].sentence) }) : null;
    return made("li", { className: "card" }, made("span", { className: "place", textContent: `${place + 1}`, ariaHidden: "true" }),
      see, reason, made("div", { className: "acts" }, why, like));
  };
  const pair = (turn) => {
    const boxes = turn.pictures.map((shown, place) => {
      const button = made("button", { type: "button", className: "choice", ariaLabel: shown.alt || shown.name }, photo(shown.name, shown.alt));
      button.addEventListener("click", () => send({ said: place ? "the second" : "the first" }));
      return button;
    });
    return made("div", { className: "pair" }, ...boxes);
  };
  const drawings = (pictures) => made("div", { className: "pair" }, ...pictures.map(drawing));
  const drawing = (shown) => {
    if (shown.generated) {
      return made("span", { className: "picture" }, made("img", { src: `/drawings/${encodeURIComponent(shown.name)}`, alt: shown.alt }),
        made("span", { className: "badge", textContent: "Generated" }));
    }
    const box = photo(shown.name, shown.alt);
    if (shown.looks) window.tm.lit(box, shown.looks);
    return box;
  };
  const draw = (turn, box) => {
    box.replaceChildren(made("p", { className: "told", textContent: turn.say }));
    if (turn.items.length) box.append(made("ul", { className: "cards", role: "list" }, ...turn.items.map(card)));
    const asksPictures = turn.question && turn.question.kind === "pictures";
    if (turn.pictures.length && !asksPictures) box.append(drawings(turn.pictures));
    for (const note of turn.notes || []) box.append(made("p", { className: "note", textContent: capital(note) }));
    if (turn.question) box.append(made("p", { className: "asks", textContent: turn.question.text }));
    if (asksPictures) box.append(pair(turn));
    suggest(turn.suggestions || [], box);
    facets(turn.facets);
  };
  const suggest = (words, box) => {
    for (const old of turns.querySelectorAll(".replies")) old.remove();
    if (!words.length) return;
    const chips = words.map((text) => {
      const chip = made("button", { type: "button", className: "chip try", textContent: text });
      chip.addEventListener("click", () => send({ said: text }));
      return made("li", {}, chip);
    });
    box.append(made("ul", { className: "chips replies", role: "list" }, ...chips));
  };
  const facets = (known) => {
    const line = $("#chat-facets");
    line.hidden = !known.length;
    line.replaceChildren(...known.map((facet) => {
      const cross = made("button", { type: "button", className: "cross", textContent: "×", ariaLabel: `Remove ${facet.label}` });
      cross.addEventListener("click", () => send({ said: `Without “${facet.label}”`, remove: facet.label }));
      return made("li", { className: facet.hard ? "chip hard" : "chip" }, made("span", { textContent: facet.label }), cross);
    }));
  };
  const mine = (said, source) => made("div", { className: "mine" },
    source ? made("img", { src: source, alt: "your picture" }) : null, said ? made("p", { textContent: said }) : null);
  const down = () => { turns.scrollTop = turns.scrollHeight; };
  const redraw = () => {
    turns.replaceChildren();
    if (!kept.log.length) {
      const box = made("div", { className: "theirs" }, made("p", { className: "told", textContent:
        "Say what you look for, drop a picture, or pick one of these." }));
      turns.append(box);
      suggest(["what do you have", "recommend something"], box);
      facets([]);
      return;
    }
    for (const entry of kept.log) {
      turns.append(mine(entry.said, entry.source));
      const box = made("div", { className: "theirs" });
      turns.append(box);
      draw(entry.turn, box);
    }
    down();
  };

  // --- one turn
  let stopping = null, held = null;
  const busy = (on) => { $("#chat-send").hidden = on; $("#chat-stop").hidden = !on; panel.ariaBusy = on; };
  const send = async ({ said = "", action = null, remove = "" }) => {
    if (stopping) return;
    const picture = held;
    let_go();
    turns.append(mine(said, picture?.source));
    const box = made("div", { className: "theirs waiting" }, made("p", { className: "note", textContent: "Looking …" }));
    turns.append(box);
    down();
    stopping = new AbortController();
    busy(true);
    try {
      const turn = await asked({ said, action, remove, picture }, box);
      if (turn) {
        draw(turn, box);
        kept.log.push({ said, source: picture?.source || "", turn });
        keep();
      }
    } catch (error) {
      box.replaceChildren(made("p", { className: "note", textContent:
        error.name === "AbortError" ? "Stopped." : "The shop cannot be reached; try again in a moment." }));
    } finally {
      box.classList.remove("waiting");
      stopping = null;
      busy(false);
      down();
    }
  };
  const asked = async ({ said, action, remove, picture }, box) => {
    const fields = { session: kept.session, user: kept.session ? null : person || null };
    Object.assign(fields, action ? { action } : remove ? { remove } : { text: said });
    const answer = await fetch("/chat", { method: "POST", signal: stopping.signal, ...bodied(fields, picture) });
    if (answer.ok) return streamed(answer, box);
    const told = await answer.json().catch(() => ({}));
    if (kept.session && /conversation/.test(told.detail || "")) {  // forgotten meanwhile: begin anew with the same words
      kept.session = null;
      return asked({ said, action, remove, picture }, box);
    }
    box.replaceChildren(made("p", { className: "note", textContent: `${capital(told.detail || "That did not work")}. ${told.hint || ""}` }));
    return null;
  };
  const bodied = (fields, picture) => {
    if (!picture) return { body: JSON.stringify(fields), headers: { "Content-Type": "application/json" } };
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
    form.append("image", picture.blob, "picture.jpg");
    return { body: form };
  };
  const streamed = async (answer, box) => {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "", turn = null;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return turn;
      const parts = (text + value).split("\n\n");
      text = parts.pop();
      for (const part of parts) {
        const [, event, data] = part.match(/^event: (\w+)\ndata: (.*)$/s) || [];
        if (!event) continue;
        const told = JSON.parse(data);
        if (event === "session") { kept.session = told.session; keep(); }
        else if (event === "items") { draw({ ...told, suggestions: [] }, box); down(); }
        else if (event === "turn") turn = told;
        else box.replaceChildren(made("p", { className: "note", textContent: `${capital(told.detail)}. ${told.hint || ""}` }));
      }
    }
  };

  // --- a picture
  const hold = async (file) => {
    if (!file) return;
    const blob = await window.tm.smaller(file).catch(() => null);
    if (!blob) return window.tm.say("That file is not a picture that can be read");
    const source = await new Promise((done) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => done(reader.result));
      reader.readAsDataURL(blob);
    });
    held = { blob, source };
    const cross = made("button", { type: "button", textContent: "×", ariaLabel: "Remove your picture" });
    cross.addEventListener("click", let_go);
    $("#chat-held").replaceChildren(made("img", { src: source, alt: "your picture" }), cross);
    $("#chat-held").hidden = false;
    $("#chat-words").placeholder = "And what should be different?";
    $("#chat-words").focus();
  };
  const let_go = () => {
    held = null;
    $("#chat-held").hidden = true;
    $("#chat-held").replaceChildren();
    $("#chat-words").placeholder = "What do you look for?";
  };

  // --- open, close, save
  const show = (open, focus = true) => {
    panel.hidden = !open;
    document.body.classList.toggle("talking", open);
    $("#talk").ariaExpanded = open;
    kept.open = open;
    keep();
    if (open) { down(); if (focus) $("#chat-words").focus({ preventScroll: true }); } else if (focus) $("#talk").focus();
  };
  const afresh = () => {
    if (kept.session) fetch(`/chat/${encodeURIComponent(kept.session)}`, { method: "DELETE" }).catch(() => {});
    kept = { ...kept, session: null, log: [] };
    keep();
    redraw();
    $("#chat-words").focus();
  };
  const transcript = () => {
    const lines = kept.log.flatMap(({ said, source, turn }) => [`> ${source ? "(picture) " : ""}${said}`, turn.say,
      ...turn.items.map((item, place) => `${place + 1}. ${item.title || item.id} (${item.id}) ${price(item.price)}`.trim()),
      ...(turn.question ? [turn.question.text] : []), ""]);
    const link = made("a", { download: "conversation.txt", href: URL.createObjectURL(new Blob([lines.join("\n")], { type: "text/plain" })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const pictureIn = (transfer) => [...(transfer?.files || [])].find((file) => file.type.startsWith("image/"));

  // --- what is heard
  $("#talk").addEventListener("click", () => show(panel.hidden));
  panel.addEventListener("click", (event) => {
    const act = event.target.closest("[data-chat]")?.dataset.chat;
    if (act === "close") show(false);
    else if (act === "afresh") afresh();
    else if (act === "transcript") transcript();
    else if (act === "stop") stopping?.abort();
  });
  $("#chat-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const said = $("#chat-words").value.trim();
    if (stopping || (!said && !held)) return;
    $("#chat-words").value = "";
    send({ said });
  });
  $("#chat-file").addEventListener("change", (event) => { hold(event.target.files[0]); event.target.value = ""; });
  panel.addEventListener("paste", (event) => {
    const file = pictureIn(event.clipboardData);
    if (file) { event.preventDefault(); event.stopPropagation(); hold(file); }
  });
  for (const name of ["dragenter", "dragleave"]) panel.addEventListener(name, (event) => event.stopPropagation());
  panel.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    hold(pictureIn(event.dataTransfer));
  });
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { stopping ? stopping.abort() : show(false); } });
  redraw();
  if (kept.open && window.matchMedia("(min-width: 641px)").matches) show(true, false);
})();
