// The field page: a list by place and floor, a form for each firm, a queue that is sent in order when there is a network.
import * as kept from "./kept.js";
import { apple, way } from "./way.js";

const root = document.getElementById("field");
const words = JSON.parse(root.dataset.words);
const say = JSON.parse(root.dataset.say);
const list = document.getElementById("list");
const form = document.getElementById("form");
const told = document.getElementById("told");
const EVIDENCE = ["members", "committee", "document", "next_on", "reason", "note"];
const BATCH = 10;
const AGAIN_MS = 20_000;
let taken = null;
let chosen = null;
let fix = null;
let sending = false;

const text = (value) => (value === null || value === undefined || value === "" ? "—" : String(value));

function made(tag, className, content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (content !== undefined) node.textContent = content;
  return node;
}

// A bare number would be read as one of people.
const roomed = (firm) => (firm.room && /^[0-9]+$/.test(firm.room) ? say.room.replace("{n}", firm.room) : firm.room);

// House number on a street, and floor.
const within = (firm) => [firm.door && say.door.replace("{n}", firm.door), firm.floor && say.floor.replace("{n}", firm.floor)].filter(Boolean).join(" ");

function identity() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// --- the list -------------------------------------------------------------------------------------------------------

async function draw() {
  const queue = await kept.queue();
  const mine = taken ? queue.filter((each) => each.account === taken.account) : [];
  const done = new Map(mine.map((each) => [each.enterprise_id, each]));
  list.replaceChildren();
  let place = null, inside = "";
  for (const firm of taken?.firms || []) {
    if (firm.place !== place) { place = firm.place; inside = ""; list.append(made("h2", "place", place)); }
    // Who follows a floor without being on it stands below a head of their own, not below that floor.
    if (within(firm) !== inside) list.append(made("h3", "floor", within(firm) || say.nodoor));
    inside = within(firm);
    list.append(row(firm, done.get(firm.key)));
  }
  if (!list.children.length) list.append(made("p", "empty", taken ? say.none : say.never));
  state(queue);
}

function row(firm, outcome) {
  const button = made("button", "firm" + (outcome ? " done" : ""));
  button.type = "button";
  button.dataset.key = firm.key;
  button.append(made("strong", "", firm.name));
  const facts = [roomed(firm), firm.workers === null ? say.unknown : say.workers.replace("{n}", firm.workers), `${firm.stage} ${words.stage[firm.stage] || ""}`];
  button.append(made("span", "facts", facts.filter(Boolean).join(" · ")));
  if (outcome) button.append(made("span", "mark " + (outcome.answer?.status || "waiting"), marks(outcome)));
  else if (firm.state === "overdue") button.append(made("span", "mark refused", say.overdue));
  button.addEventListener("click", () => show(firm));
  return button;
}

function marks(outcome) {
  const what = words.outcome[outcome.fields.outcome] || say.noted;
  const status = outcome.answer?.status;
  return `${what} · ${status ? say[status] || status : say.waiting}`;
}

function state(queue) {
  const waiting = queue.filter((each) => !each.answer).length;
  root.dataset.waiting = waiting;
  told.replaceChildren();
  const parts = [navigator.onLine ? say.online : say.offline, say.queued.replace("{n}", waiting)];
  if (taken) parts.unshift(taken.name);
  told.append(made("span", navigator.onLine ? "net on" : "net", parts.join(" · ")));
  const bad = queue.filter((each) => each.answer && (each.answer.status !== "applied" || each.answer.refusals.length));
  const box = document.getElementById("answers");
  box.replaceChildren();
  for (const each of bad) {
    const note = made("div", "answer");
    note.append(made("strong", "", each.name), made("p", "", say["long_" + each.answer.status] || each.answer.status));
    for (const fault of each.answer.refusals) note.append(made("p", "small", `${fault.field}：${fault.why}`));
    const button = made("button", "plain", say.seen);
    button.type = "button";
    button.addEventListener("click", async () => { await kept.drop(each.number); draw(); });
    note.append(button);
    box.append(note);
  }
}

// --- the form of one firm -------------------------------------------------------------------------------------------

function options(select, codes, phrases, coded) {
  select.replaceChildren(new Option(say.unchanged, ""));
  for (const code of codes) select.append(new Option(coded ? `${code} ${phrases[code]}` : phrases[code], code));
}

function show(firm) {
  chosen = firm; fix = null;
  form.reset();
  form.querySelector("[data-name]").textContent = firm.name;
  const facts = form.querySelector("[data-facts]");
  facts.replaceChildren();
  const rows = [[say.where, [firm.place, within(firm), roomed(firm)].filter(Boolean).join(" ")], [say.address, firm.address],
    [say.count, firm.workers === null ? say.unknown : `${firm.workers}（${text(firm.counts_on)}）`], [say.stage, `${firm.stage} ${words.stage[firm.stage] || ""}`],
    [say.reason, firm.reason ? words.reason[firm.reason] : "—"], [say.path, text(firm.path)], [say.due, text(firm.due)]];
  for (const [name, value] of rows) facts.append(made("dt", "", name), made("dd", "", text(value)));
  for (const why of [...firm.because, firm.task_note].filter(Boolean)) facts.append(made("dt", "", say.look), made("dd", "", why));
  const link = form.querySelector("[data-way]"), href = way(firm, navigator);
  link.hidden = form.querySelector("[data-datum]").hidden = !href;
  if (href) link.href = href;
  form.querySelector("[data-datum]").textContent = apple(navigator) ? say.shifted : say.plain;
  options(form.elements.stage, words.following[firm.stage] || [], words.stage, true);
  options(form.elements.reason, Object.keys(words.reason), words.reason, true);
  options(form.elements.second_reason, Object.keys(words.reason), words.reason, true);
  form.elements.taken_on.value = form.elements.taken_on.max = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  form.querySelector("[data-fixed]").textContent = "";
  evidence();
  root.dataset.showing = "form";
  scrollTo(0, 0);
}

function evidence() {
  const needed = words.evidence[form.elements.stage.value] || [];
  for (const box of form.querySelectorAll("[data-evidence]")) box.hidden = !needed.includes(box.dataset.evidence);
  for (const name of EVIDENCE) form.elements[name].required = needed.includes(name);
  counts();
}

// What the office would refuse later is told at the door, while somebody can still be asked.
function counts() {
  const { workers, women, members } = form.elements;
  workers.required = women.value !== "";
  women.setCustomValidity(workers.value !== "" && Number(women.value) > Number(workers.value) ? say.women : "");
  const there = workers.value === "" ? chosen && chosen.workers : Number(workers.value);
  const asked = members.required && members.value !== "" && typeof there === "number";
  members.setCustomValidity(asked && Number(members.value) > there ? say.members : "");
  // It may be so, people leave: told, not refused.
  const signed = chosen && members.value === "" ? chosen.members : null;
  const below = typeof signed === "number" && workers.value !== "" && Number(workers.value) < signed;
  form.querySelector("[data-below]").textContent = below ? say.below.replace("{n}", signed) : "";
}

function back() {
  root.dataset.showing = "list";
  const at = chosen && list.querySelector(`[data-key="${CSS.escape(chosen.key)}"]`);
  chosen = null;
  at?.scrollIntoView({ block: "center" });
}

function locate() {
  const box = form.querySelector("[data-fixed]");
  if (!navigator.geolocation) { box.textContent = say.nofix; return; }
  box.textContent = say.fixing;
  navigator.geolocation.getCurrentPosition((found) => {
    const { longitude, latitude, accuracy } = found.coords;
    fix = [Number(longitude.toFixed(6)), Number(latitude.toFixed(6)), Math.round(accuracy)];
    box.textContent = say.fixed.replace("{n}", fix[2]);
  }, () => { box.textContent = say.nofix; }, { enableHighAccuracy: true, timeout: 20_000, maximumAge: 10_000 });
}

async function save(event) {
  event.preventDefault();
  const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  if (!Object.keys(fields).some((name) => name !== "taken_on") && !fix) {
    form.querySelector("[data-fault]").textContent = say.nothing;
    return;
  }
  form.querySelector("[data-fault]").textContent = "";
  await kept.add({
    client_id: identity(), account: taken.account, enterprise_id: chosen.key, name: chosen.name, base: chosen.base,
    said_at: new Date().toISOString(), fields, fix,
  });
  back();
  await draw();
  send();
}

// --- sending --------------------------------------------------------------------------------------------------------

async function fetchToday() {
  const answer = await fetch("/field/today", { headers: { Accept: "application/json" }, cache: "no-store" });
  if (answer.status === 401 || answer.status === 403) { tellSign(true); throw new Error("sign in"); }
  if (!answer.ok) throw new Error(String(answer.status));
  tellSign(false);
  taken = await answer.json();
  await kept.keepToday(taken);
}

function tellSign(needed) { document.getElementById("sign").hidden = !needed; }

async function post(part) {
  const answer = await fetch("/field/outcomes", {
    method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": taken.token },
    body: JSON.stringify({ outcomes: part.map(({ client_id, enterprise_id, base, said_at, fields, fix: spot }) => ({ client_id, enterprise_id, base, said_at, fields, fix: spot })) }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).answers;
}

async function sendAll() {
  await fetchToday();
  for (;;) {
    const waiting = (await kept.queue()).filter((each) => !each.answer && each.account === taken.account).slice(0, BATCH);
    if (!waiting.length) break;
    const answers = new Map((await post(waiting)).map((each) => [each.client_id, each]));
    for (const each of waiting) {
      const answer = answers.get(each.client_id);
      if (!answer) throw new Error("no answer");
      if (answer.status === "applied" && !answer.refusals.length) await kept.drop(each.number);
      else await kept.put({ ...each, answer });
    }
  }
  await fetchToday();
}

// One tab sends at a time: two would send the same outcomes, which the server knows, but out of turn.
async function send() {
  if (sending) return;
  sending = true;
  try {
    if (navigator.locks) await navigator.locks.request("atlas-field", { ifAvailable: true }, async (lock) => lock && sendAll());
    else await sendAll();
  } catch { /* no network, or not signed in: what was recorded stays in line */ } finally {
    sending = false;
    await draw();
  }
}

form.addEventListener("submit", save);
form.elements.stage.addEventListener("change", evidence);
for (const name of ["workers", "women", "members"]) form.elements[name].addEventListener("input", counts);
form.querySelector("[data-back]").addEventListener("click", back);
form.querySelector("[data-locate]").addEventListener("click", locate);
document.getElementById("send").addEventListener("click", send);
addEventListener("online", send);
addEventListener("offline", () => draw());
setInterval(() => { if (Number(root.dataset.waiting)) send(); }, AGAIN_MS);

function keeps(able) {
  root.dataset.kept = able ? "yes" : "no";
  document.getElementById("nokeep").hidden = able;
}

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/field/worker.js", { scope: "/field/" })
    .then(() => navigator.serviceWorker.ready).then(() => keeps(true)).catch(() => keeps(false));
} else keeps(false);
taken = (await kept.today()) || null;
await draw();
await send();
root.dataset.ready = "yes";
