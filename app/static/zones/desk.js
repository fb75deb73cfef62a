// The desk of a draft of boundaries: every change is an operation on the server; the page shows what the server answers.
import { Picture } from "./picture.js";
import { Tools } from "./tools.js";

const desk = document.getElementById("zones-desk");
const words = JSON.parse(desk.dataset.words);
const addresses = JSON.parse(desk.dataset.addresses);
const boxes = Object.fromEntries(["tally", "faults", "list", "notices"].map((name) => [name, document.getElementById(`zones-${name}`)]));
const said = document.getElementById("zones-said");
const live = document.getElementById("zones-live");
const map = document.querySelector(".atlas-map").atlasMap;

let state = JSON.parse(desk.dataset.state);
let kept = ""; // the tally as stored, to come back to when a drawing is dropped
let running = null;
let queue = Promise.resolve();

const picture = new Picture(map, words);
const tools = new Tools(map, picture, { send, count, tell, words, border: () => document.getElementById("f-border").value, snapping: () => document.getElementById("f-snap").checked, painted: () => address("paint") });

// --- talking to the server ----------------------------------------------------------------------------------------------
async function address(name, body) {
  const options = body ? { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": desk.dataset.token }, body: JSON.stringify(body) } : { headers: { Accept: "application/json" } };
  const answer = await fetch(addresses[name], options);
  let told = {};
  try { told = await answer.json(); } catch { told = { said: words.broken }; }
  return { ok: answer.ok && !told.refused, told };
}

// One change after the other: each is told of the state that the one before left.
function send(operation, typed = false) {
  const done = queue.then(() => change("operate", { ...operation, version: state.version, head: state.head }, typed));
  queue = done.catch(() => {});
  return done;
}

function turn(way) {
  queue = queue.then(() => change(way, { version: state.version, head: state.head })).catch(() => {});
}

// While something is drawn, a step back is one of the drawing.
function step(way) {
  if (way === "undo" && tools.back()) return;
  tools.stop();
  turn(way);
}

async function change(name, body, typed = false) {
  desk.setAttribute("aria-busy", "true");
  try {
    const { ok, told } = await address(name, body);
    if (told.branch) { sessionStorage.setItem("zones.said", told.said); location.assign(told.branch); return false; }
    if (!ok) { refuse(told, body, typed); return false; }
    take(told, body.kind === "draw");
    tell(told.said || `${words.done[body.kind || name] || words.saved}`, false);
    return true;
  } catch {
    refuse({ said: words.broken }, body, typed);
    return false;
  } finally {
    desk.removeAttribute("aria-busy");
    desk.dataset.done = String(Number(desk.dataset.done || 0) + 1);
  }
}

// What was drawn stays on the map with the faulty spot marked, ready to be corrected and saved again; typed corners stay
// in their field. A repair that the server knows is shown, taken or dropped; never by itself.
function refuse(told, body, typed) {
  restore();
  const stays = !typed && tools.correct(body);
  picture.mark(told.where);
  tell(stays ? words[body.kind === "move" ? "stillMoving" : "stillDrawn"].replace("{said}", told.said) : told.said, true);
  const { repaired } = told, answers = [];
  if (repaired && (body.shape || body.kind === "move")) {
    picture.preview([{ type: "Feature", geometry: repaired, properties: {} }]);
    answers.push([words.takeRepair, "primary", () => send(body.kind === "move" ? { kind: "reshape", key: body.key, shape: repaired, border: "yield" } : { ...body, shape: repaired }, typed)]);
  }
  if (stays) answers.push([words.saveAgain, repaired ? "plain" : "primary", () => tools.again()]);
  if (stays || answers.length) answers.push([stays ? words.dropDrawn : words.dropRepair, "plain", () => {}]);
  if (answers.length) offer(answers, !stays);
}

function offer(answers, focused) {
  const box = document.createElement("span");
  for (const [label, look, act] of answers) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: `btn btn-${look}`, textContent: label });
    button.addEventListener("click", () => {
      picture.preview([]);
      picture.mark(null);
      tell("", false);
      act();
      tools.stop();
    });
    box.append(" ", button);
  }
  said.append(box);
  if (focused) box.querySelector("button").focus();
}

// What has just been drawn is what one goes on with: it is selected, and its name lies open.
function take(told, drawn) {
  const before = picture.facts, fresh = drawn ? told.state.zones.map(({ key }) => key).filter((key) => !before.has(key)) : [];
  const chosen = fresh.length ? new Set(fresh) : picture.chosen;
  const focused = mark(document.activeElement);
  const open = [...boxes.list.querySelectorAll("details[open] [data-describe]")].map((form) => form.dataset.describe).concat(fresh);
  for (const [name, box] of Object.entries(boxes)) if (told[name] !== undefined) box.innerHTML = told[name];
  for (const key of open) boxes.list.querySelector(`[data-describe="${CSS.escape(key)}"]`)?.closest("details").setAttribute("open", "");
  show(told.state, chosen);
  const name = fresh.length && boxes.list.querySelector(`[data-describe="${CSS.escape(fresh[0])}"] [name=name]`);
  if (name) name.select(); // a drawing is kept at once, what it is called is asked for
  else if (focused) [...document.querySelectorAll(focused.selector)].find((element) => !element.disabled)?.focus({ preventScroll: true });
}

// What is focused within a box that is written anew, so that a keyboard stays where it was.
function mark(element) {
  if (!element || !Object.values(boxes).some((box) => box.contains(element))) return null;
  const form = element.closest("form[data-describe], form[data-hold]");
  const of = (at, name) => `[data-${name}="${CSS.escape(at.dataset[name])}"]`;
  if (form) return { selector: `${of(form, form.dataset.describe ? "describe" : "hold")} ${element.name ? `[name="${element.name}"]${element.name === "held" ? `[value="${CSS.escape(element.value)}"]` : ""}` : "[type=submit]"}` };
  const name = ["zone", "find", "fault", "repair"].find((each) => each in element.dataset);
  return { selector: name ? `${of(element, name)}, [data-find]` : "#zones-list summary" };
}

function show(now, chosen) {
  state = now;
  kept = boxes.tally.innerHTML;
  live.hidden = true;
  picture.show(state, chosen);
  for (const way of ["undo", "redo"]) document.querySelector(`[data-turn="${way}"]`).disabled = !state[way];
  marked();
}

function tell(text, bad) {
  said.textContent = text || "";
  said.classList.toggle("bad", Boolean(bad));
}

// --- the live tally: the latest drawing only, one question at a time -------------------------------------------------------
let waiting = null;
function count(operation) {
  waiting = operation;
  if (!running) ask();
}

async function ask() {
  running = true;
  while (waiting) {
    const asked = waiting;
    waiting = null;
    try {
      const { ok, told } = await address("tally", asked);
      if (ok && tools.active) {
        if (live.hidden) boxes.tally.closest(".zones-side").scrollTop = 0; // who chose a zone far down the list sees what is counted
        boxes.tally.innerHTML = told.tally; live.hidden = false;
      }
    } catch { /* the next movement asks again */ }
  }
  running = false;
}

function restore() {
  boxes.tally.innerHTML = kept;
  live.hidden = true;
}

// --- choosing -----------------------------------------------------------------------------------------------------------
function marked() {
  const { chosen } = picture;
  for (const box of boxes.list.querySelectorAll("[data-zone]")) box.checked = chosen.has(box.dataset.zone);
  for (const button of document.querySelectorAll("[data-needs]")) {
    const fits = { 1: chosen.size === 1, 2: chosen.size > 1, some: chosen.size > 0 }[button.dataset.needs];
    button.toggleAttribute("data-unfit", !fits || "off" in button.dataset);
    button.setAttribute("aria-disabled", String(button.hasAttribute("data-unfit")));
  }
}
picture.onchoose = marked;

boxes.list.addEventListener("change", (event) => {
  if (event.target.matches("[data-zone]")) picture.choose(event.target.dataset.zone, event.target.checked, true);
});

// Which zone lies above is chosen among all: the choices are written when somebody looks, a county has many zones.
boxes.list.addEventListener("toggle", (event) => {
  const select = event.target.open && event.target.querySelector("[name=parent]");
  if (!select || select.dataset.filled) return;
  select.dataset.filled = "1";
  const own = select.closest("[data-describe]").dataset.describe, there = new Set([...select.options].map((option) => option.value));
  for (const { key, name } of picture.facts.values()) if (key !== own && !there.has(key)) select.add(new Option(name, key));
}, true);

boxes.list.addEventListener("submit", (event) => {
  event.preventDefault();
  const { describe, hold } = event.target.dataset, data = new FormData(event.target);
  if (describe) send({ kind: "describe", key: describe, facts: { name: data.get("name"), parent: data.get("parent"), zone_level: data.get("zone_level"), cross_county: data.has("cross_county") } });
  if (hold) {
    const parents = Object.fromEntries([...event.target.querySelectorAll("[name=held]")].filter((box) => box.checked !== box.defaultChecked).map((box) => [box.value, box.checked]));
    if (Object.keys(parents).length) send({ kind: "hold", key: hold, parents });
  }
});

// --- buttons ------------------------------------------------------------------------------------------------------------
const metres = () => Number(document.getElementById("f-tolerance").value) || 10;
const ACTS = {
  merge: (keys) => ({ kind: "merge", keys }),
  simplify: (keys) => ({ kind: "simplify", keys, tolerance_m: metres() }),
  snap: ([key]) => ({ kind: "snap", key, tolerance_m: metres() }),
  lock: (keys) => ({ kind: "lock", keys }),
  unlock: (keys) => ({ kind: "unlock", keys }),
};

async function perform(name) {
  const keys = [...picture.chosen];
  tools.stop();
  if (name === "remove") return remove(keys);
  send(ACTS[name](keys));
}

// A zone with others below it goes with them, or leaves them where it hung, as somebody says; nothing is decided for them.
async function remove(keys) {
  for (const key of keys) {
    const zone = picture.facts.get(key), below = picture.below(key);
    if (!zone) continue; // gone with the one above it
    const along = below.length === 0 || below.every((one) => keys.includes(one)) || await question(words.below.replace("{name}", zone.name).replace("{n}", below.length), [[words.removeAll, true, "primary"], [words.removeOne, false, "plain"], [words.removeNone, null, "plain"]]);
    if (along === null) return tell("", false);
    if (!await send({ kind: "remove", key, below: along })) return;
  }
}

function question(text, answers) {
  tell(text, false);
  return new Promise((answer) => {
    for (const [label, value, look] of answers) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: `btn btn-${look}`, textContent: label });
      button.addEventListener("click", () => { tell("", false); answer(value); });
      said.append(" ", button);
    }
    said.querySelector("button").focus();
  });
}

let repaired = null;
async function mend(step) {
  const buttons = Object.fromEntries([...boxes.faults.querySelectorAll("[data-repair]")].map((button) => [button.dataset.repair, button]));
  const note = document.getElementById("zones-repaired");
  if (step === "show") {
    const { ok, told } = await address("repair");
    if (!ok) return tell(told.said, true);
    repaired = told;
    picture.preview(told.features);
    note.textContent = told.said;
  } else if (step === "take") {
    picture.preview([]);
    if (repaired) send({ kind: "repair" });
    return;
  } else {
    picture.preview([]);
    note.textContent = "";
    repaired = null;
  }
  buttons.show.hidden = step === "show";
  buttons.take.hidden = buttons.drop.hidden = step !== "show";
  (step === "show" ? buttons.take : buttons.show).focus();
}

desk.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ((button.dataset.tool || button.dataset.act) && button.hasAttribute("data-unfit")) return tell(button.dataset.off || words.needs[button.dataset.needs], true);
  if (button.dataset.tool) {
    if (tools.active === button.dataset.tool) { tools.stop(); restore(); return tell("", false); }
    tell(button.dataset.hint, false);
    tools.start(button.dataset.tool);
  } else if (button.dataset.act) perform(button.dataset.act);
  else if (button.dataset.turn) step(button.dataset.turn);
  else if (button.dataset.repair) mend(button.dataset.repair);
  else if (button.dataset.find) picture.find(button.dataset.find);
  else if (button.dataset.fault) picture.findFault(Number(button.dataset.fault));
});

tools.onchange = (name) => {
  for (const button of document.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
  if (!name) restore();
};

document.getElementById("zones-typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const kind = document.getElementById("f-typed").value;
  const corners = document.getElementById("f-corners").value.split(/[\n;；]+/).map((line) => line.split(/[,，\s]+/).filter(Boolean).map(Number)).filter((pair) => pair.length);
  if (corners.length < (kind === "split" ? 2 : 3) || corners.some((pair) => pair.length !== 2 || pair.some(Number.isNaN))) return tell(words.corners, true);
  const [key] = picture.chosen;
  if (kind !== "draw" && picture.chosen.size !== 1) return tell(words.needs[1], true);
  const closed = [...corners, corners[0]];
  if (kind === "split") send({ kind, key, line: { type: "LineString", coordinates: corners } }, true);
  else send({ kind, ...(kind === "draw" ? { name: tools.named(words.newName) } : { key }), shape: { type: "Polygon", coordinates: [closed] }, border: document.getElementById("f-border").value }, true);
});

// --- keys ---------------------------------------------------------------------------------------------------------------
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input:not([type=checkbox]), select, textarea");
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !writing && (key === "z" || key === "y")) {
    event.preventDefault();
    step(key === "y" || event.shiftKey ? "redo" : "undo");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing) return;
  if (tools.key(event)) { event.preventDefault(); return; }
  // A letter alone counts where one works with the tools, and only while such keys are switched on.
  if (document.documentElement.dataset.keys === "off" || !event.target.closest("#zones-map, .zones-tools, #zones-list")) return;
  const button = document.querySelector(`[data-tool][data-key="${CSS.escape(key)}"]`);
  if (button && !event.target.closest(".leaflet-container.drawing")) { event.preventDefault(); button.click(); }
});

const waited = sessionStorage.getItem("zones.said");
if (waited) { tell(waited, true); sessionStorage.removeItem("zones.said"); }
show(state, new Set());
picture.fit();
document.documentElement.dataset.zonesReady = "true";
