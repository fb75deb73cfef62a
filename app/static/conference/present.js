// The stage: builds screens from the data in the page and moves between them. Texts are set as texts, never as markup.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const deck = JSON.parse(document.getElementById("deck").textContent);
  const stage = document.getElementById("stage");
  const screens = [];

  const make = (tag, text, cls, parent) => {
    const node = document.createElement(tag);
    if (text !== undefined && text !== null) node.textContent = text;
    if (cls) node.className = cls;
    if (parent) parent.append(node);
    return node;
  };
  const draw = (tag, attributes, parent) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (parent) parent.append(node);
    return node;
  };
  const screen = (title, cls) => {
    const node = make("section", null, `screen ${cls || ""}`, stage);
    make("h1", title, "", node);
    if (deck.watermark) make("div", deck.watermark, "mark", node);
    const foot = make("div", null, "foot", node);
    make("span", deck.footer, "", foot);
    make("span", `${deck.stamp}　${screens.length + 1}`, "", foot);
    screens.push(node);
    return node;
  };
  const before = (node, child) => node.insertBefore(child, node.querySelector(".mark, .foot"));
  const table = (heads, rows, words) => {
    const node = make("table");
    const head = make("tr", null, "", make("thead", null, "", node));
    heads.forEach((text, place) => make("th", text, place >= words ? "r" : "", head));
    const body = make("tbody", null, "", node);
    for (const row of rows) {
      const line = make("tr", null, "", body);
      row.forEach((text, place) => make(place === (words > 1 ? 1 : 0) ? "th" : "td", text, place >= words ? "r" : "", line));
    }
    return node;
  };
  const legend = (measure) => {
    const list = make("ul", null, "legend");
    make("li", measure.title, "", list);
    for (const [colour, text] of measure.legend) {
      const item = make("li", null, "", list);
      make("i", null, "", item).style.background = colour;
      item.append(text);
    }
    return list;
  };
  const counties = (measure, onOpen) => {
    const edge = 20, { width, height } = deck.map;
    const svg = draw("svg", { viewBox: `${-edge} ${-edge} ${width + 2 * edge} ${height + 2 * edge}`, role: "img" });
    svg.setAttribute("aria-label", measure.title);
    const areas = draw("g", {}, svg), names = draw("g", { "font-size": 34, "stroke-width": 6 }, svg);
    scaleBar(svg, [0, height - 10], width, 30);
    for (const county of deck.map.counties) {
      const area = draw("path", { d: county.path, class: "area", fill: measure.colours[county.key] || "#fff", "data-key": county.key }, areas);
      draw("title", {}, area).textContent = `${county.name} ${measure.said[county.key] || ""}`;
      if (onOpen) {
        area.setAttribute("tabindex", "0");
        area.setAttribute("role", "button");
        area.addEventListener("click", () => onOpen(county));
        area.addEventListener("keydown", (event) => { if (event.key === "Enter") onOpen(county); });
      }
      const dark = measure.dark.includes(county.key) ? "on-dark" : "";
      for (const [text, shift] of [[county.name, -6], [measure.said[county.key] || "", 32]]) {
        draw("text", { x: county.at[0], y: county.at[1] + shift, class: dark }, names).textContent = text;
      }
    }
    return svg;
  };

  const scaleBar = (svg, box, wide, size) => {
    const [length, text] = wide > 450 ? [200, deck.map.words.km20] : [50, deck.map.words.km5];
    const group = draw("g", { "font-size": size }, svg), x = box[0], y = box[1];
    draw("rect", { x, y, width: length / 2, height: size / 3, fill: "#1c2430", stroke: "#1c2430" }, group);
    draw("rect", { x: x + length / 2, y, width: length / 2, height: size / 3, fill: "#fff", stroke: "#1c2430" }, group);
    draw("text", { x: x + length / 2, y: y - size / 3, "stroke-width": size / 5 }, group).textContent = text;
  };

  function cover() {
    const node = screen(deck.title, "cover");
    before(node, make("p", deck.subtitle));
    before(node, make("p", deck.help));
  }
  function glance() {
    const node = screen(deck.glance.title), box = make("div", null, "figures");
    for (const figure of deck.glance.figures) {
      const cell = make(figure.link ? "a" : "div", null, figure.link ? "" : "f", box);
      if (figure.link) { cell.href = figure.link; cell.target = "_blank"; }
      cell.title = figure.code;
      make("span", figure.title, "", cell);
      make("b", figure.value, "", cell);
    }
    before(node, box);
  }
  function map() {
    if (!deck.map) return;
    const node = screen(deck.map.measures.rate.title), tools = make("div", null, "tools");
    const holder = make("div", null, "map"), left = make("div", null, "", holder), side = make("div", null, "side", holder);
    let measure = "rate", opened = null;
    const buttons = Object.entries(deck.map.measures).map(([name, found]) => {
      const button = make("button", found.title, "", tools);
      button.addEventListener("click", () => { measure = name; paint(); });
      return [name, button];
    });
    const back = make("button", deck.back, "", tools);
    back.addEventListener("click", () => { opened = null; paint(); });
    make("span", deck.open, "", tools);
    before(node, tools);
    before(node, holder);
    function paint() {
      const found = deck.map.measures[measure];
      node.querySelector("h1").textContent = opened ? opened.name : found.title;
      buttons.forEach(([name, button]) => button.setAttribute("aria-pressed", String(name === measure)));
      back.hidden = !opened;
      const svg = counties(found, (county) => { opened = county; paint(); });
      left.replaceChildren(svg);
      side.replaceChildren(legend(found));
      if (opened) near(svg); else whole();
      if (opened && opened.link) { const link = make("a", "↗", "", side); link.href = opened.link; link.target = "_blank"; }
    }
    function whole() {
      side.append(table(["", ...deck.map.heads], deck.map.counties.map((county) => [county.name, ...county.cells]), 1));
    }
    function near(svg) {
      const [x, y, wide, high] = opened.box, edge = 0.06 * Math.max(wide, high);
      svg.setAttribute("viewBox", `${x - edge} ${y - edge} ${wide + 2 * edge} ${high + 2 * edge}`);
      svg.querySelectorAll(".area").forEach((area) => area.classList.toggle("out", area.dataset.key !== opened.key));
      svg.querySelectorAll("text, rect").forEach((text) => text.remove());
      const size = Math.max(wide, high) / 38;
      for (const zone of opened.zones) {
        draw("title", {}, draw("path", { d: zone.path, class: "zone" }, svg)).textContent = `${zone.name} ${zone.cells[1]}`;
      }
      const taken = [];
      for (const zone of opened.zones) {
        const half = zone.name.length * size / 2;
        const clear = taken.every(([at, width]) => Math.abs(at[1] - zone.at[1]) > size * 1.2 || Math.abs(at[0] - zone.at[0]) > half + width);
        if (!clear) continue;
        taken.push([zone.at, half]);
        draw("text", { x: zone.at[0], y: zone.at[1], "font-size": size, "stroke-width": size / 5 }, svg).textContent = zone.name;
      }
      scaleBar(svg, [x - edge / 2, y + high + edge / 2], wide, size);
      const heads = ["", ...deck.map.heads];
      for (const [title, rows] of [[deck.map.words.zones, opened.zones], [deck.map.words.towns, opened.towns]]) {
        if (!rows.length) continue;
        make("h3", title, "", side);
        side.append(table(heads, rows.slice(0, 12).map((row) => [row.name, ...row.cells]), 1));
      }
    }
    paint();
  }
  function swipe() {
    if (!deck.before || !deck.map) return;
    const node = screen(deck.before.title), box = make("div", null, "swipe");
    before(node, legend(deck.before.sides[0]));
    before(node, box);
    const [then, now] = deck.before.sides.map((side) => { const layer = make("div", null, "", box); layer.append(counties(side)); return layer; });
    make("span", deck.before.days[0], "day l", box);
    make("span", deck.before.days[1], "day r", box);
    const bar = make("div", null, "bar", box);
    bar.title = deck.swipe;
    let share = 0.5;
    const set = (value) => {
      share = Math.min(1, Math.max(0, value));
      bar.style.left = `${share * 100}%`;
      now.style.clipPath = `inset(0 0 0 ${share * 100}%)`;
      then.style.clipPath = `inset(0 ${(1 - share) * 100}% 0 0)`;
    };
    const move = (event) => { const frame = box.getBoundingClientRect(); set((event.clientX - frame.left) / frame.width); };
    box.addEventListener("pointerdown", (event) => { box.setPointerCapture(event.pointerId); move(event); box.addEventListener("pointermove", move); });
    box.addEventListener("pointerup", () => box.removeEventListener("pointermove", move));
    node.dataset.swipe = "1";
    node.addEventListener("nudge", (event) => set(share + event.detail));
    set(0.5);
  }
  function tables() {
    for (const found of deck.tables) {
      const node = screen(found.title), box = make("div", null, `grid ${found.rows.length > 14 || found.heads.length > 11 ? "many" : ""}`);
      box.append(table(found.heads, found.rows, found.words));
      if (found.note) make("p", found.note, "told", box);
      before(node, box);
    }
  }
  function whatIf() {
    if (!deck.what_if) return;
    const node = screen(deck.what_if.title), box = make("div", null, "what"), line = make("div", null, "from", box);
    make("span", deck.what_if.before, "", line);
    make("i", "→", "", line);
    make("span", deck.what_if.after, "", line);
    make("p", deck.what_if.text, "", box);
    before(node, box);
  }

  let shown = 0, scale = 1;
  function show(number) {
    shown = Math.min(screens.length - 1, Math.max(0, number));
    screens.forEach((node, place) => node.classList.toggle("on", place === shown));
    history.replaceState(null, "", `#${shown + 1}`);
  }
  function keys(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const on = screens[shown];
    if (event.shiftKey && on.dataset.swipe && event.key.startsWith("Arrow")) {
      on.dispatchEvent(new CustomEvent("nudge", { detail: event.key === "ArrowRight" ? 0.05 : -0.05 }));
      return;
    }
    const acts = {
      ArrowRight: () => show(shown + 1), PageDown: () => show(shown + 1), " ": () => show(shown + 1),
      ArrowLeft: () => show(shown - 1), PageUp: () => show(shown - 1), Home: () => show(0), End: () => show(screens.length - 1),
      f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
      b: () => document.body.classList.toggle("black"),
      "+": () => grow(0.1), "=": () => grow(0.1), "-": () => grow(-0.1),
    };
    const act = acts[event.key] || acts[event.key.toLowerCase()];
    if (act && !(event.key === " " && event.target.closest("button"))) { event.preventDefault(); act(); }
  }
  function grow(by) {
    scale = Math.min(1.6, Math.max(0.6, scale + by));
    document.documentElement.style.setProperty("--scale", scale.toFixed(2));
  }

  cover(); glance(); map(); swipe(); tables(); whatIf();
  addEventListener("keydown", keys);
  let from = null;
  addEventListener("touchstart", (event) => { from = event.target.closest(".swipe, .side, .grid") ? null : event.changedTouches[0].clientX; }, { passive: true });
  addEventListener("touchend", (event) => {
    const by = from === null ? 0 : event.changedTouches[0].clientX - from;
    if (Math.abs(by) > 60) show(shown + (by < 0 ? 1 : -1));
  }, { passive: true });
  show(Number(location.hash.slice(1) || 1) - 1);
})();
