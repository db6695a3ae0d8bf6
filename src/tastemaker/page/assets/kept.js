// What a window keeps of its conversation: every turn, the pictures that were shown in it, and by them the way to where it
// is now. So another page shows the same conversation, it can be saved whole, and told again when the shop has lost it.
"use strict";
(() => {
  const $ = (selector) => document.querySelector(selector);
  const panel = $("#chat");
  if (!panel) return;
  const KEPT = `tm-talk-${panel.dataset.person}`;
  const NOTHING = { session: null, open: false, log: [], pictures: {}, gone: 0 };
  const read = () => { try { return JSON.parse(sessionStorage.getItem(KEPT)) || {}; } catch { return {}; } };
  const all = { ...NOTHING, ...read() };

  // --- a window has room for some five million characters: beyond that the oldest pictures go, then the oldest turns
  const write = (copy) => {
    try { sessionStorage.setItem(KEPT, JSON.stringify(copy)); return true; } catch { return false; }
  };
  const keep = () => {
    const copy = { ...all, log: [...all.log], pictures: { ...all.pictures } };
    while (!write(copy)) {
      const oldest = Object.keys(copy.pictures)[0];
      if (oldest) delete copy.pictures[oldest];
      else if (copy.log.length) copy.gone += copy.log.splice(0, Math.ceil(copy.log.length / 10)).filter((entry) => !entry.quiet).length;
      else return;
    }
  };
  const slim = ({ items, question, ...turn }) => ({ ...turn,
    items: items.map(({ id, title, price, picture, reasons, ways }) => ({ id, title, price, picture, ways,
      reasons: reasons.slice(0, 1).map(({ sentence }) => ({ sentence })) })),
    question: question && { kind: question.kind, text: question.text } });

  // --- an entry is what was said, how that is shown, and the answer. Quiet ones are steps that nobody said; with one that begins anew all
  // before it counts no more; the page's own answers are no steps
  const entryOf = ({ said = "", remove = "", picture = null }, turn, how = {}) => {
    const key = picture ? picture.key || `p${Date.now()}-${Math.random()}` : "";
    if (picture) all.pictures[key] = picture.source;
    return { said, remove, picture: key, file: picture?.name || "", turn: slim(turn), ...how };
  };
  const add = (...entries) => { all.log.push(...entries); keep(); };
  const clear = () => { Object.assign(all, { ...NOTHING, open: all.open }); keep(); };

  // --- the steps that the shop counts: what was taken back is none, and all before an empty slate is behind it
  const steps = () => {
    const found = [];
    for (const entry of all.log) {
      if (entry.anew) found.length = 0;
      if (entry.own) continue;
      if (entry.turn.actions.some(({ verb }) => verb === "undo")) found.pop();
      else found.push(entry);
    }
    const slate = found.findLastIndex((entry) => entry.turn.actions.some(({ verb }) => verb === "start_over"));
    return found.slice(slate + 1);
  };
  const whole = () => !all.gone || all.log.some((entry) => entry.anew);

  // --- a step as it is said once more: what was made of it, so that "the second" is the same; null for what changes nothing
  const again = ({ said, remove, picture, file, turn }) => {
    if (remove) return { said, remove };
    if (picture) return { said, picture: { key: picture, source: all.pictures[picture], name: file } };
    if (turn.actions.some(({ verb }) => ["explain", "visualise"].includes(verb))) return null;
    return turn.actions.length === 1 ? { said, action: turn.actions[0] } : { said };
  };

  // --- the picture or the item that the wish starts from; null when it starts from words
  const start = () => {
    let found = null;
    const taken = steps();
    taken.forEach((entry, place) => {
      if (entry.picture) found = { place, source: all.pictures[entry.picture] || "" };
      for (const { verb, fresh, items } of entry.turn.actions) {
        if (verb === "compose") found = { place, item: items[0] };
        else if (verb === "search" && fresh) found = null;
      }
    });
    return found && { ...found, without: () => without(taken, found.place) };
  };
  const without = (taken, place) => {
    const words = taken[place].turn.actions.map(({ words, change }) => words || change || "").join(" ").trim();
    const later = taken.slice(place + 1).map(again).filter(Boolean);
    return [{ action: { verb: "search", words, fresh: true } }, ...later];
  };

  // --- as a file
  const named = ({ name, item, generated, alt }) => generated ? `(generated picture: ${name})` : `(picture: ${[alt, item].filter(Boolean).join(", ")})`;
  const spoken = ({ shown, picture, file }) => `> ${[picture && `(picture: ${file})`, shown].filter(Boolean).join(" ")}`;
  const transcript = (price) => [
    ...(all.gone ? [`(${all.gone} earlier ${all.gone === 1 ? "turn is" : "turns are"} missing: this window had no room for more)`, ""] : []),
    ...all.log.filter((entry) => !entry.quiet).flatMap((entry) => [spoken(entry), entry.turn.say,
      ...entry.turn.items.map((item, place) => `${place + 1}. ${item.title || item.id} (${item.id}) ${price(item.price)}`.trim()),
      ...entry.turn.pictures.map(named),
      ...(entry.turn.notes || []).map((note) => `(${note})`),
      ...(entry.turn.question ? [entry.turn.question.text] : []), ""]),
  ].join("\n");

  window.tm.kept = { all, keep, entryOf, add, clear, steps, whole, again, start, transcript };
})();
