// What lies in the frame of the map, or in the shape drawn on it: sums, a chart and a table, all of one selection.
const ROWS = 60, BARS = 8;
// Where each item of the drawing stands: [latitude, longitude], null where it has no single place.
function places(map, drawing) {
  if (drawing.form === "symbols") return drawing.points.map(([lon, lat]) => [lat, lon]);
  if (drawing.form === "cells") return drawing.cells.map((pair) => L.atlas.centre(drawing.side, pair));
  return drawing.keys.map((key) => { const box = map.atlas.items.get(key)?.getBounds?.().getCenter(); return box ? [box.lat, box.lng] : null; });
}

export function within([lat, lon], corners) {
  let inside = false;
  for (let here = 0, last = corners.length - 1; here < corners.length; last = here++) {
    const [x, y] = corners[here], [a, b] = corners[last];
    if (y > lat !== b > lat && lon < ((a - x) * (lat - y)) / (b - y) + x) inside = !inside;
  }
  return inside;
}

function chosen(map, corners) {
  const drawing = map.atlas.layer?.drawing;
  if (!drawing?.lines?.length || drawing.form === "image") return null;
  const bounds = map.getBounds(), at = places(map, drawing);
  const gap = drawing.gap ?? drawing.lines[0].values, eligible = drawing.eligible ?? drawing.lines[1].values;
  const rows = [];
  at.forEach((spot, place) => {
    if (!spot || !(corners ? within(spot, corners) : bounds.contains(spot))) return;
    const key = drawing.keys[place] ?? `cell:${drawing.cells[place].join(",")}`;
    rows.push({ key, name: drawing.names[drawing.name[place]], gap: gap[place], eligible: eligible[place] });
  });
  return rows.sort((one, other) => other.gap - one.gap || other.eligible - one.eligible);
}

function table(box, rows, words) {
  const body = box.querySelector("tbody");
  body.replaceChildren(...rows.slice(0, ROWS).map((row) => {
    const line = document.createElement("tr"), head = line.appendChild(document.createElement("th"));
    head.scope = "row";
    const button = head.appendChild(Object.assign(document.createElement("button"), { type: "button", textContent: row.name }));
    button.dataset.at = row.key;
    for (const value of [row.gap, row.eligible]) line.appendChild(Object.assign(document.createElement("td"), { className: "n", textContent: value.toLocaleString() }));
    return line;
  }));
  box.querySelector("[data-rest]").textContent = rows.length > ROWS ? words.rest.replace("{n}", (rows.length - ROWS).toLocaleString()) : "";
}

// Bars of the first rows, longest gap first. The table below says the same, so the bars are for the eye alone.
function chart(box, rows) {
  const frame = box.querySelector("[data-chart]"), top = rows.slice(0, BARS).filter((row) => row.gap > 0);
  const most = Math.max(0, ...top.map((row) => row.eligible));
  frame.hidden = most < 2; // single firms, or nothing without a union
  frame.querySelector("ol").replaceChildren(...top.map((row) => {
    const line = document.createElement("li"), bar = document.createElement("span");
    line.dataset.pick = row.key;
    line.append(Object.assign(document.createElement("span"), { className: "name", textContent: row.name, title: row.name }), bar);
    bar.className = "inview-bar";
    for (const [kind, value] of [["none", row.gap], ["covered", row.eligible - row.gap]]) {
      const part = bar.appendChild(document.createElement("i"));
      part.className = kind;
      part.style.width = `${(100 * value) / most}%`;
    }
    return line;
  }));
}

// Show what is selected now; returns the rows.
export function show(map, box, corners) {
  const rows = chosen(map, corners), words = box.dataset;
  box.hidden = rows === null;
  if (rows === null) return [];
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  box.querySelector("h2").textContent = corners ? words.shaped : words.framed;
  box.querySelector("[data-sums]").textContent = words.sums.replace("{n}", rows.length.toLocaleString()).replace("{gap}", sum("gap").toLocaleString()).replace("{eligible}", sum("eligible").toLocaleString());
  box.querySelector("[data-whole]").hidden = !corners;
  table(box, rows, words);
  chart(box, rows);
  return rows;
}
