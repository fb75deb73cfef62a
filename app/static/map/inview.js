// What lies in the frame of the map, or in the shape drawn on it: sums, a chart and a table, all of one selection.
const ROWS = 60, BARS = 8;
let charting = null;

function library(address) {
  charting ??= new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: address, onload: () => done(window.echarts), onerror: failed });
    document.head.append(script);
  });
  return charting;
}

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

async function chart(box, rows, words) {
  const frame = box.querySelector("[data-chart]"), top = rows.slice(0, BARS).filter((row) => row.gap > 0).reverse();
  frame.hidden = !top.length;
  if (!top.length) return;
  const echarts = await library(box.dataset.library);
  // ECharts keeps the widths of texts it has measured once: it measures when the fonts of these words are there.
  await document.fonts.load(getComputedStyle(frame).font, top.map((row) => row.name).join("")).catch(() => {});
  const drawn = echarts.getInstanceByDom(frame) ?? echarts.init(frame, null, { renderer: "svg" });
  frame.style.height = `${40 + top.length * 24}px`;
  drawn.resize();
  const { color: ink, fontFamily: family } = getComputedStyle(document.body), size = parseFloat(getComputedStyle(box).fontSize) * 0.85;
  const bar = (name, color, values) => ({ name, type: "bar", stack: "all", data: values, itemStyle: { color }, barWidth: "62%" });
  drawn.setOption({
    animation: false, aria: { enabled: true }, textStyle: { fontFamily: family, color: ink, fontSize: size },
    grid: { left: 4, right: 12, top: 26, bottom: 2, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 10, textStyle: { color: ink, fontSize: size } },
    xAxis: { type: "value", minInterval: 1, axisLabel: { fontSize: size, hideOverlap: true } },
    yAxis: { type: "category", data: top.map((row) => row.name), axisLabel: { width: 92, overflow: "truncate", fontSize: size }, axisTick: { show: false } },
    series: [bar(words.gap, "#f5c65c", top.map((row) => row.gap)), bar(words.covered, "#3f7fb3", top.map((row) => row.eligible - row.gap))],
  }, true);
  drawn.off("click");
  drawn.on("click", ({ dataIndex }) => box.dispatchEvent(new CustomEvent("atlas:pick", { bubbles: true, detail: { key: top[dataIndex].key } })));
}

// Show what is selected now; returns the rows.
export function show(map, box, corners) {
  const rows = chosen(map, corners), words = box.dataset;
  box.hidden = rows === null;
  if (rows === null) return [];
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  box.querySelector("h2").textContent = corners ? words.shaped : words.framed;
  box.querySelector("[data-sums]").textContent = words.sums.replace("{n}", rows.length.toLocaleString()).replace("{gap}", sum("gap").toLocaleString()).replace("{eligible}", sum("eligible").toLocaleString());
  table(box, rows, words);
  chart(box, rows, words);
  return rows;
}
