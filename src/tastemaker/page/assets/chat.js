// The conversation: sends what is said or shown to /chat, draws each turn as it comes. What the window keeps of it is in
// kept.js. Everything from the shop goes in as text, never as HTML.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const panel = $("#chat");
  if (!panel) return;
  const { currency, person } = panel.dataset;
  const turns = $("#chat-turns");
  const { kept, list } = window.tm;
  const DRAWN = 40;
  const LISTED = 12;
  const LOST = "The shop had lost this conversation";
  const made = (name, values = {}, ...children) => {
    const element = Object.assign(document.createElement(name), values);
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };

  // --- drawing
  const price = (amount) => {
    if (amount === null || amount === undefined) return "";
    const digits = Number.isInteger(amount) ? 0 : 2;
    const shown = amount.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return `${currency}${/[A-Za-z]$/.test(currency) ? "\u00a0" : ""}${shown}`;
  };
  const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
  const shelf = (name) => `/pictures/${name.split("/").map(encodeURIComponent).join("/")}`;
  const photo = (name, alt) => {
    const box = made("span", { className: "picture" }, made("span", { className: "cover", textContent: alt }));
    if (!name) { box.classList.add("bare"); return box; }
    box.append(made("img", { src: `${shelf(name)}?width=240`, alt: "", loading: "lazy", decoding: "async" }));
    return box;
  };
  const as = (path) => `${path}${person ? `?person=${encodeURIComponent(person)}` : ""}`;
  const noted = (text) => made("p", { className: "note", textContent: text });
  const heart = () => $("#chat-heart").content.firstElementChild.cloneNode(true);
  const card = (item, place) => {
    const title = item.title || item.id;
    const see = made("a", { className: "see", href: as(`/item/${encodeURIComponent(item.id)}`) }, photo(item.picture, title),
      made("span", { className: "line" }, made("span", { className: "title", textContent: title }),
        item.price === null ? null : made("span", { className: "price", textContent: price(item.price) })));
    const why = made("button", { type: "button", textContent: "Why?", ariaLabel: `Why ${title}?` });
    why.addEventListener("click", () => send({ said: `Why “${title}”?`, action: { verb: "explain", item: item.id } }));
    const like = made("button", { type: "button", textContent: "Like this", ariaLabel: `More like ${title}` });
    like.addEventListener("click", () => send({ said: `Like “${title}”`, action: { verb: "compose", items: [item.id] } }));
    const ways = (item.ways || []).map(({ text, path }) => made("a", { href: as(path), textContent: text, ariaLabel: `${text}: ${title}` }));
    const save = Object.assign(heart(), { ariaLabel: `On your list: ${title}` });
    const reason = item.reasons[0] ? made("p", { className: "reason", textContent: capital(item.reasons[0].sentence) }) : null;
    const number = place === null ? null : made("span", { className: "place", textContent: `${place + 1}`, ariaHidden: "true" });
    const box = made("li", { className: "card" }, number, see, save, reason, made("div", { className: "acts" }, why, like, ...ways));
    Object.assign(box.dataset, { item: item.id, title });
    return box;
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
    if (turn.items.length) box.append(made("ul", { className: "cards", role: "list" }, ...turn.items.map((item, place) => card(item, turn.list ? null : place))));
    const asksPictures = turn.question && turn.question.kind === "pictures";
    if (turn.pictures.length && !asksPictures) box.append(drawings(turn.pictures));
    for (const note of turn.notes || []) box.append(noted(capital(note)));
    if (turn.question) box.append(made("p", { className: "asks", textContent: turn.question.text }));
    if (asksPictures) box.append(pair(turn));
    suggest(turn.suggestions || [], box);
    facets(turn.facets);
    list.mark();
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
  const chip = (label, act, hard = false, thumb = null) => {
    const cross = made("button", { type: "button", className: "cross", textContent: "×", ariaLabel: `Remove ${label}` });
    cross.addEventListener("click", act);
    return made("li", { className: hard ? "chip hard" : "chip" }, thumb, made("span", { textContent: label }), cross);
  };
  const facets = (known) => {
    const start = kept.start();
    const chips = known.map(({ label, hard }) => chip(label, () => send({ shown: `Without “${label}”`, remove: label }), hard));
    if (start) chips.unshift(begun(start));
    $("#chat-facets").hidden = !chips.length;
    $("#chat-facets").replaceChildren(...chips);
  };
  const begun = ({ item, source, without }) => {
    const known = item && kept.all.log.flatMap(({ turn }) => turn.items).findLast(({ id }) => id === item);
    const label = item ? `like ${known?.title || item}` : "your picture";
    const thumb = item ? known?.picture && `${shelf(known.picture)}?width=240` : source;
    return chip(label, () => send({ shown: `Without “${label}”`, plan: without() }), false, thumb ? made("img", { src: thumb, alt: "" }) : null);
  };
  const mine = (said, source, file) => made("div", { className: "mine" },
    source ? made("img", { src: source, alt: "your picture" }) : file ? noted(file) : null, said ? made("p", { textContent: said }) : null);
  const down = () => { turns.scrollTop = turns.scrollHeight; };
  const redraw = (most = DRAWN) => {
    turns.replaceChildren();
    const spoken = kept.all.log.filter((entry) => !entry.quiet);
    if (!spoken.length) {
      const box = made("div", { className: "theirs" }, made("p", { className: "told", textContent:
        "Say what you look for, drop a picture, or pick one of these." }));
      turns.append(box);
      suggest(["what do you have", "recommend something"], box);
      facets([]);
      return;
    }
    if (spoken.length > most) {
      const earlier = made("button", { type: "button", className: "button", textContent: `Show ${spoken.length - most} earlier` });
      earlier.addEventListener("click", () => { redraw(Infinity); turns.scrollTop = 0; turns.focus({ preventScroll: true }); });
      turns.append(earlier);
    }
    for (const entry of spoken.slice(-most)) {
      const box = made("div", { className: "theirs" });
      turns.append(mine(entry.shown, kept.all.pictures[entry.picture], entry.file), box);
      draw(entry.turn, box);
    }
    down();
  };

  // --- what is said when it does not work: the shop's words and the next step, as far as both are for people
  const CODE = /[\w)\]]\.[a-z_]\w*|[`{}<>]|\b(GET|POST|DELETE) \//;
  const forPeople = (text = "") => (CODE.test(text.replace(/'[^']*'/g, "")) ? "" : text);
  const ended = (text) => (/[.?!…]$/.test(text) ? text : `${text}.`);
  class Problem extends Error {
    constructor({ detail, hint }, how = {}) {
      const parts = [forPeople(detail) || "That did not work", forPeople(hint) || "Say it in another way, or start over"];
      super(parts.map((part) => ended(capital(part))).join(" "));
      Object.assign(this, how);
    }
  }

  // --- one turn: a step, or several of which the last is answered
  let stopping = null, held = null;
  const busy = (on) => { $("#chat-send").hidden = on; $("#chat-stop").hidden = !on; panel.ariaBusy = on; };
  const send = async ({ said = "", shown = said, action = null, remove = "", plan = null }) => {
    if (stopping) return;
    const picture = action || remove || plan ? null : held;
    if (picture) let_go();
    const steps = plan || [{ said, action, remove, picture }];
    turns.append(mine(shown, picture?.source));
    const box = made("div", { className: "theirs waiting" }, noted("Looking …"));
    turns.append(box);
    down();
    stopping = new AbortController();
    busy(true);
    try {
      const undone = kept.steps().at(-1);
      const { step, turn: told } = await asked(steps, box);
      const turn = await listed(told, undone);
      kept.add(kept.entryOf(step, turn, { shown }));
      draw(turn, box);
    } catch (error) {
      await failed(error, shown, remove, box);
    } finally {
      box.classList.remove("waiting");
      stopping = null;
      busy(false);
      down();
      if (document.activeElement === document.body && !panel.hidden) turns.focus({ preventScroll: true });
    }
  };
  const failed = async (error, shown, remove, box) => {
    const problem = error instanceof Problem;
    const told = problem ? error.message : error.name === "AbortError" ? "Stopped." : "The shop cannot be reached; try again in a moment.";
    const gone = problem && remove && !error.anew;
    box.replaceChildren(noted(gone ? `“${remove}” does not count any more; the line above shows what does.` : told));
    if (gone) await fetch(`/chat/${encodeURIComponent(kept.all.session)}`).then((found) => found.json()).then((now) => facets(now.facets)).catch(() => {});
    if (!error.anew) return;
    const empty = { items: [], facets: [], pictures: [], actions: [], notes: [], suggestions: [], question: null };
    kept.add(kept.entryOf({}, { ...empty, say: told }, { shown, own: true, anew: true }));
    facets([]);
  };
  const asked = async (steps, box, once = true) => {
    const note = !kept.all.session && kept.steps().length ? await toldAgain(box) : "";
    const early = (turn) => { draw({ ...turn, suggestions: [] }, box); down(); };
    let last = null;
    const quiet = () => { if (last) kept.add(kept.entryOf(last.step, last.turn, { quiet: true })); };
    try {
      for (const step of steps) {
        const turn = steps.length > 1 ? await saidAgain(step) : await post(step, early);
        if (!turn) continue;
        quiet();
        last = { step, turn: note ? { ...turn, notes: [note, ...turn.notes] } : turn };
      }
      return last;
    } catch (error) {
      quiet();
      if (!error.lost || !once) throw error;
      kept.all.session = null;
      kept.keep();
      return asked(steps, box, false);
    }
  };
  const saidAgain = (step) => post(step).catch((error) => {
    if (step.remove && error instanceof Problem && !error.lost) return null;  // what is to be taken away is not there
    throw error;
  });
  const toldAgain = async (box) => {
    const steps = kept.steps().map(kept.again).filter(Boolean);
    const entries = [];
    try {
      if (!kept.whole()) throw new Problem({});
      for (const step of steps) {
        box.replaceChildren(noted(`${LOST}; telling it again what you said (${entries.length + 1} of ${steps.length}) …`));
        const turn = await saidAgain(step);
        if (turn) entries.push(kept.entryOf(step, turn, { quiet: true, anew: !entries.length }));
      }
    } catch (error) {
      kept.all.session = null;
      if (!(error instanceof Problem)) throw error;  // stopped, or out of reach: with what is said next it is tried again
      throw new Problem({ detail: `${LOST}, and it could not be told again`, hint: "I begin anew: say what you look for" }, { anew: true });
    }
    kept.add(...entries);
    return `${LOST}. I began anew with what you said before.`;
  };
  const post = async ({ said, action, remove, picture }, hear = () => {}) => {
    if (picture && !picture.source) throw new Problem({ detail: "your picture is no longer kept here", hint: "show it again" });
    const fields = { session: kept.all.session, user: kept.all.session ? null : person || null };
    Object.assign(fields, action ? { action } : remove ? { remove } : { text: said });
    const answer = await fetch("/chat", { method: "POST", signal: stopping.signal, ...bodied(fields, picture) });
    if (answer.ok) return streamed(answer, hear);
    const told = await answer.json().catch(() => ({}));
    throw new Problem(told, { lost: kept.all.session && answer.status === 404 });
  };
  const bodied = (fields, picture) => {
    if (!picture) return { body: JSON.stringify(fields), headers: { "Content-Type": "application/json" } };
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
    const bytes = Uint8Array.from(atob(picture.source.split(",")[1]), (letter) => letter.charCodeAt(0));
    form.append("image", new Blob([bytes], { type: "image/jpeg" }), "picture.jpg");
    return { body: form };
  };
  const streamed = async (answer, hear) => {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "", turn = null;
    for (;;) {
      const { value, done } = await reader.read();
      if (done && !turn) throw new Problem({ detail: "the answer broke off", hint: "say it again" });
      if (done) return turn;
      const parts = (text + value).split("\n\n");
      text = parts.pop();
      for (const part of parts) {
        const [, event, data] = part.match(/^event: (\w+)\ndata: (.*)$/s) || [];
        if (!event) continue;
        const told = JSON.parse(data);
        if (event === "session") { kept.all.session = told.session; kept.keep(); }
        else if (event === "items") hear(await equipped(told));
        else if (event === "turn") turn = await equipped(told);
        else throw new Problem(told);
      }
    }
  };

  // --- what the page knows of items beside the shop's answer: where each can be seen
  const cards = async (ids) => {
    const query = new URLSearchParams(ids.map((id) => ["item", id]));
    return fetch(`/page/cards?${query}`, { signal: stopping.signal }).then((found) => (found.ok ? found.json() : []));
  };
  const ways = new Map();
  const equipped = async (turn) => {
    const news = turn.items.map(({ id }) => id).filter((id) => !ways.has(id));
    if (news.length) for (const found of await cards(news).catch(() => [])) ways.set(found.id, found.ways);
    return { ...turn, items: turn.items.map((item) => ({ ...item, ways: ways.get(item.id) || [] })) };
  };

  // --- one list: what words put on it or take off it is on that of the page, and that is shown when it is asked for
  const listed = async (turn, undone) => {
    const verbs = turn.actions.map(({ verb }) => verb);
    const puts = turn.actions.filter(({ verb }) => verb === "add_to_list").map(({ items, off }) => [list.put(items, !off), !off]);
    if (verbs.includes("undo")) for (const [items, on] of undone?.turn.puts || []) list.put(items, !on);
    if (!verbs.includes("list")) return { ...turn, puts };
    const ids = list.all();
    const items = ids.length ? await cards(ids.slice(0, LISTED)).catch(() => []) : [];
    const many = ids.length === 1 ? "1 thing" : `${ids.length} things`;
    const say = ids.length ? `On your list: ${many}.` : "Your list is empty. Press the heart on anything you want to come back to.";
    return { ...turn, say, items, pictures: [], list: true, notes: ids.length > LISTED ? [`the latest ${LISTED} of them; all are under List`] : [] };
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
    held = { source, name: file.name };
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
    kept.all.open = open;
    kept.keep();
    if (open) { down(); if (focus) $("#chat-words").focus({ preventScroll: true }); } else if (focus) $("#talk").focus();
  };
  const afresh = () => {
    stopping?.abort();
    if (kept.all.session) fetch(`/chat/${encodeURIComponent(kept.all.session)}`, { method: "DELETE" }).catch(() => {});
    kept.clear();
    redraw();
    $("#chat-words").focus();
  };
  const transcript = () => {
    const text = new Blob([kept.transcript(price)], { type: "text/plain" });
    const link = made("a", { download: "conversation.txt", href: URL.createObjectURL(text) });
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
  if (kept.all.open && window.matchMedia("(min-width: 641px)").matches) show(true, false);
})();
