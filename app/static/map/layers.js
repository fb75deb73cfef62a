/* Leaflet layers of the atlas, called by the script that Folium writes (app/maps/layers.py). A classic script: it runs before that one.
   Names and figures only ever enter the page as text. */
(() => {
  "use strict";
  const atlas = (L.atlas = {});
  const HATCH = "hatch";
  let hatching = null;

  function hatch(context) {
    if (hatching) return hatching;
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    const pen = tile.getContext("2d");
    pen.fillStyle = "#f2f3f5";
    pen.fillRect(0, 0, 6, 6);
    pen.strokeStyle = "#c3ccd5";
    pen.lineWidth = 1;
    for (const shift of [-6, 0, 6]) { pen.beginPath(); pen.moveTo(shift, 6); pen.lineTo(shift + 6, 0); pen.stroke(); }
    return (hatching = context.createPattern(tile, "repeat"));
  }

  atlas.paint = (context, colour) => (colour === HATCH ? hatch(context) : colour);

  L.Canvas.include({
    _fillStroke(context, layer) {
      const style = layer.options;
      if (style.fill) {
        context.globalAlpha = style.fillOpacity;
        context.fillStyle = atlas.paint(context, style.fillColor || style.color);
        context.fill(style.fillRule || "evenodd");
      }
      if (style.stroke && style.weight !== 0) {
        if (context.setLineDash) context.setLineDash((layer.options && layer.options._dashArray) || []);
        context.globalAlpha = style.opacity;
        context.lineWidth = style.weight;
        context.strokeStyle = style.color;
        context.lineCap = style.lineCap;
        context.lineJoin = style.lineJoin;
        context.stroke();
      }
    },
  });

  // --- the datum of the basemap -----------------------------------------------------------------------------------
  // The published approximation of GCJ-02, as in geo/datum.py: how far it lies from WGS-84 at a WGS-84 position, in degrees.
  const AXIS = 6378245, ECCENTRICITY2 = 0.00669342162296594323, TURN = Math.PI / 180;
  function offset(lon, lat) {
    const x = lon - 105, y = lat - 35, { sin, sqrt, abs, PI } = Math, root = sqrt(abs(x));
    const common = 20 * sin(6 * x * PI) + 20 * sin(2 * x * PI);
    let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
    north += ((common + 20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3 + ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
    let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
    east += ((common + 20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3 + ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
    const magic = 1 - ECCENTRICITY2 * sin(lat * TURN) ** 2;
    return [east / ((AXIS / sqrt(magic)) * Math.cos(lat * TURN)) / TURN, north / ((AXIS * (1 - ECCENTRICITY2)) / (magic * sqrt(magic))) / TURN];
  }
  const boxed = (lon, lat) => lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
  const Mercator = L.Projection.SphericalMercator;
  // Everything stays WGS-84 (clicks, boxes, the address); only where a position becomes a pixel it is shifted with the tiles.
  const Shifted = {
    ...Mercator,
    project({ lat, lng }) {
      if (!boxed(lng, lat)) return Mercator.project({ lat, lng });
      const [east, north] = offset(lng, lat);
      return Mercator.project({ lat: lat + north, lng: lng + east });
    },
    unproject(point) {
      const { lat, lng } = Mercator.unproject(point);
      if (!boxed(lng, lat)) return L.latLng(lat, lng);
      let [x, y] = [lng, lat];
      for (let step = 0; step < 4; step++) { const [east, north] = offset(x, y); [x, y] = [lng - east, lat - north]; }
      return L.latLng(y, x);
    },
  };
  const CRS = { gcj02: L.extend({}, L.CRS.EPSG3857, { projection: Shifted }) };
  atlas.crs = (datum) => CRS[datum] || L.CRS.EPSG3857;

  // Tiles from outside, above our own ground, which shows where one is missing.
  atlas.tiles = ({ urls, subdomains, maxNativeZoom, failed }) => {
    const group = L.layerGroup();
    for (const url of urls) {
      const layer = L.tileLayer(url, { pane: "tiles", zIndex: 2, subdomains: subdomains || "a", maxNativeZoom, maxZoom: 18, updateWhenIdle: true, className: "atlas-tiles" });
      let missing = 0;
      layer.on("loading", () => { missing = 0; });
      layer.on("tileerror", () => { missing += 1; say(group, failed); });
      layer.on("load", () => { if (!missing) say(group, ""); });
      group.addLayer(layer);
    }
    return group;
  };
  function say(group, text) {
    const frame = group._map?.getContainer().closest(".map-frame");
    if (!frame) return;
    let note = frame.querySelector(".tiles-failed");
    if (!note && text) { note = frame.appendChild(document.createElement("p")); note.className = "tiles-failed"; note.setAttribute("role", "status"); }
    if (note && note.textContent !== text) { note.textContent = text; note.hidden = !text; }
  }

  // --- the frame ---------------------------------------------------------------------------------------------------
  const Scale = L.Control.Scale.extend({
    _updateMetric(most) {
      const metres = this._getRoundNum(most);
      const { metre, kilometre } = this._map.atlas.words;
      this._updateScale(this._mScale, metres < 1000 ? `${metres} ${metre}` : `${metres / 1000} ${kilometre}`, metres / most);
    },
  });

  atlas.prepare = (map, { words, limits, extent }) => {
    map.atlas = { words, extent, moved: false, settling: false, items: new Map(), chosen: null, headings: () => headings(map) };
    map.getContainer().atlasMap = map;
    map.setMinZoom(Math.floor(map.getBoundsZoom(limits) * 4) / 4);
    L.control.zoom({ position: "topright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    new Scale({ position: "bottomright", imperial: false, maxWidth: 140 }).addTo(map);
    if (words.source) L.control.attribution({ position: "bottomright", prefix: false }).addAttribution(words.source).addTo(map);
    for (const kind of ["pointerdown", "wheel", "keydown"]) map.getContainer().addEventListener(kind, () => { map.atlas.moved = true; }, { passive: true });
    new ResizeObserver(() => atlas.settle(map)).observe(map.getContainer());
  };

  // Boxes of the county names in the map's pixels.
  function headings(map) {
    const frame = map.getContainer().getBoundingClientRect();
    return [...map.getPane("names").querySelectorAll(".atlas-name:not(.minor) span")].map((label) => {
      const box = label.getBoundingClientRect();
      return [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top];
    });
  }

  const rings = (shape) => L.GeoJSON.coordsToLatLngs(shape.coordinates, shape.type === "MultiPolygon" ? 2 : 1);

  atlas.outlines = (map, shapes, tones) => {
    map.atlas.shapes = shapes;
    const plain = { interactive: false, smoothFactor: 0.5 };
    const borders = L.layerGroup();
    for (const shape of Object.values(shapes)) {
      L.polygon(rings(shape), { ...plain, pane: "ground", stroke: false, fillColor: tones.land, fillOpacity: 1 }).addTo(map);
      L.polygon(rings(shape), { ...plain, pane: "lines", fill: false, color: tones.border, weight: 1.1, opacity: 0.9 }).addTo(borders);
    }
    return borders;
  };

  // The frame changed its size: a map that nobody has moved yet still shows all it should, another keeps its middle.
  atlas.settle = (map) => {
    map.atlas.settling = true;
    map.invalidateSize({ pan: map.atlas.moved, animate: false });
    if (!map.atlas.moved) map.fitBounds(map.atlas.extent, { animate: false });
    map.atlas.settling = false;
  };

  // --- bearings: fetched once the map stands, shown from a zoom on ----------------------------------------------------
  // They wait until the page has loaded: what is looked at first needs none of them.
  const fetched = new Map();
  const loaded = new Promise((done) => { if (document.readyState === "complete") done(); else addEventListener("load", () => done(), { once: true }); });
  const fetchOnce = (url) => {
    if (!fetched.has(url)) fetched.set(url, loaded.then(() => fetch(url)).then((answer) => answer.json()).catch(() => ({ lines: [], names: [] })));
    return fetched.get(url);
  };
  const COURSES = {
    street: [{ color: "#ffffff", weight: 4, opacity: 1 }, { color: "#c9d0d8", weight: 1.4, opacity: 1 }],
    zone: [{ color: "#7d8794", weight: 1.2, opacity: 0.9, dashArray: "5 4" }],
  };

  const Lines = L.LayerGroup.extend({
    initialize(url) { L.LayerGroup.prototype.initialize.call(this); this.url = url; this.parts = null; },
    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("zoomend", this.choose, this);
      fetchOnce(this.url).then(({ lines }) => {
        this.parts ??= lines.map(({ kind, zoom, shapes }) => ({ zoom, layer: this.course(kind, shapes) }));
        this.choose();
      });
    },
    onRemove(map) { map.off("zoomend", this.choose, this); L.LayerGroup.prototype.onRemove.call(this, map); },
    course(kind, shapes) {
      const group = L.layerGroup();
      for (const style of COURSES[kind]) {
        for (const shape of shapes) {
          const area = shape.type.endsWith("Polygon");
          const depth = area ? (shape.type === "MultiPolygon" ? 2 : 1) : shape.type === "MultiLineString" ? 1 : 0;
          const points = L.GeoJSON.coordsToLatLngs(shape.coordinates, depth);
          L[area ? "polygon" : "polyline"](points, { ...style, fill: false, interactive: false, pane: kind === "street" ? "ground" : "lines" }).addTo(group);
        }
      }
      return group;
    },
    choose() {
      if (!this._map || !this.parts) return;
      for (const { zoom, layer } of this.parts) {
        if (this._map.getZoom() >= zoom) this.addLayer(layer); else this.removeLayer(layer);
      }
    },
  });

  // Names that do not collide, the places with most firms first; county names keep their room.
  const Names = L.LayerGroup.extend({
    initialize(url) { L.LayerGroup.prototype.initialize.call(this); this.url = url; this.names = []; },
    onAdd(map) {
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("moveend", this.write, this);
      fetchOnce(this.url).then(({ names }) => { this.names = names; this.write(); });
    },
    onRemove(map) { map.off("moveend", this.write, this); L.LayerGroup.prototype.onRemove.call(this, map); },
    write() {
      const map = this._map;
      if (!map) return;
      this.clearLayers();
      const seen = map.getBounds(), zoom = map.getZoom(), taken = map.atlas.headings();
      for (const [text, lat, lon, from] of this.names) {
        if (zoom < from || taken.length > 160 || !seen.contains([lat, lon])) continue;
        const at = map.latLngToContainerPoint([lat, lon]);
        const half = 6.2 * text.length + 3;
        const box = [at.x - half, at.y + 4, at.x + half, at.y + 20];
        if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
        taken.push(box);
        const label = document.createElement("span");
        label.textContent = text;
        this.addLayer(L.marker([lat, lon], { pane: "names", interactive: false, keyboard: false, icon: L.divIcon({ html: label, className: "atlas-name minor", iconSize: [0, 0] }) }));
      }
    },
  });

  // --- our own vector tiles, where they have been built ------------------------------------------------------------
  const wide = (least, from, most) => (zoom) => Math.min(most, Math.max(least, least + (zoom - from) * 0.7));
  atlas.ground = (url) => {
    const of = (kind) => (zoom, feature) => feature.props.kind === kind;
    const fill = (kind, color) => ({ dataLayer: "ground", filter: of(kind), symbolizer: new protomapsL.PolygonSymbolizer({ fill: color }) });
    const line = (kind, from, style) => ({ dataLayer: "ground", minzoom: from, filter: of(kind), symbolizer: new protomapsL.LineSymbolizer(style) });
    return protomapsL.leafletLayer({
      url, pane: "tiles", zIndex: 1, maxDataZoom: 14, labelRules: [], backgroundColor: "rgba(0,0,0,0)", attribution: "",
      paintRules: [
        fill("green", "#e3eee0"), fill("built", "#ecebe8"), fill("other", "#eef0f1"), fill("water", "#cfdfec"), line("water", 8, { color: "#bcd3e6", width: 1.2 }),
        line("town", 9, { color: "#b9c2cc", width: 0.8, dash: [3, 3] }),
        line("rail", 10, { color: "#a3abb5", width: 1.2, dash: [6, 3] }),
        line("road", 8, { color: "#d3c6ae", width: wide(1, 8, 5) }),
        line("street", 11, { color: "#c9d0d8", width: wide(0.8, 11, 4.5) }),
        line("zone", 10, { color: "#7d8794", width: 1.2, dash: [5, 4] }),
      ],
    });
  };

  atlas.context = (url, part) => new { lines: Lines, names: Names }[part](url);

  // --- what is drawn -----------------------------------------------------------------------------------------------
  const EDGE = atlas.EDGE = { color: "#ffffff", weight: 1, opacity: 0.9 };
  const CHOSEN = atlas.CHOSEN = { color: "#1c2430", weight: 2.5, opacity: 1 };
  atlas.TIP = { className: "atlas-tip", direction: "top", offset: [0, -6] };

  atlas.look = (drawing, place) => {
    const index = drawing.classes[place];
    if (index < 0) return { fillColor: HATCH, fillOpacity: 1 };
    return { fillColor: drawing.colours[index], fillOpacity: drawing.certainty[place] ?? drawing.certainty };
  };

  // The words of one item, line by line: its name, then each figure with its label.
  atlas.spoken = (drawing, place) => {
    const box = document.createElement("div");
    const head = box.appendChild(document.createElement("b"));
    head.textContent = drawing.names[drawing.name[place]];
    for (const { label, values, low, high, unit, none, unknown, more } of drawing.lines) {
      const line = box.appendChild(document.createElement("div"));
      const range = low ? ` (${low[place]}–${high[place]}${unit})` : "";
      const value = values[place];
      const rest = unknown?.[place] && value !== null ? ` · ${more.replace("{n}", unknown[place].toLocaleString())}` : "";
      line.append(`${label} `, Object.assign(document.createElement("b"), { textContent: value === null ? none : value.toLocaleString() }), value === null ? "" : ` ${unit}${range}${rest}`);
    }
    return box;
  };

  function enlist(map, group, shape, drawing, place) {
    const key = drawing.keys[place];
    map.atlas.items.set(key, shape);
    shape.atlasStyle = { color: shape.options.color, weight: shape.options.weight, opacity: shape.options.opacity };
    shape.bindTooltip(() => atlas.spoken(drawing, place), { sticky: true, ...atlas.TIP });
    shape.on("click", (event) => {
      if (map.atlas.drawing) return; // the click sets a corner of a shape
      L.DomEvent.stop(event);
      atlas.open(map, drawing, place, key);
    });
    group.addLayer(shape);
  }

  // Follow the link of an item, or choose it where it has none.
  atlas.open = (map, drawing, place, key) => { if (drawing.links?.[place]) location.assign(drawing.links[place]); else atlas.pick(map, key); };
  atlas.pick = (map, key) => map.getContainer().dispatchEvent(new CustomEvent("atlas:pick", { bubbles: true, detail: { key } }));

  // Make the item chosen stand out; returns something that has a position, null where it is not drawn.
  atlas.mark = (map, key) => {
    const before = map.atlas.chosen;
    map.atlas.chosen = key;
    return map.atlas.layer?.mark(map, key, before) ?? null;
  };

  const Drawn = L.FeatureGroup.extend({
    initialize(drawing) { L.FeatureGroup.prototype.initialize.call(this); this.drawing = drawing; },
    onAdd(map) {
      this.clearLayers();
      map.atlas.items = new Map();
      map.atlas.layer = this;
      this.fill(map, this.drawing);
      L.FeatureGroup.prototype.onAdd.call(this, map);
      if (map.atlas.chosen) atlas.mark(map, map.atlas.chosen);
    },
    mark(map, key, before) {
      const { items } = map.atlas;
      if (before && items.has(before)) items.get(before).setStyle(items.get(before).atlasStyle);
      if (key && items.has(key)) items.get(key).setStyle(CHOSEN).bringToFront();
      return items.get(key);
    },
  });

  const NEAR = 11;
  const Areas = Drawn.extend({
    fill(map, drawing) {
      drawing.areas.forEach((area, place) => {
        const shape = typeof area === "string" ? map.atlas.shapes[area] : area;
        const style = { ...EDGE, weight: 1.4, pane: "fills", smoothFactor: 0, ...atlas.look(drawing, place) };
        enlist(map, this, L.polygon(rings(shape), style), drawing, place);
      });
      for (const [lat, lon, text] of drawing.values) {
        const label = document.createElement("span");
        label.textContent = text;
        const icon = L.divIcon({ html: label, className: "atlas-name value", iconSize: [0, 0] });
        this.addLayer(L.marker([lat, lon], { pane: "names", interactive: false, keyboard: false, icon }));
      }
      if (drawing.dots.length) this.dotted(map, drawing);
    },
    // Areas too small to see from afar are dots there, in the same colours.
    dotted(map, drawing) {
      const fills = this.getLayers();
      const dots = drawing.dots.map(([lon, lat], place) => {
        const dot = L.circleMarker([lat, lon], { ...EDGE, pane: "fills", radius: 7, ...atlas.look(drawing, place) });
        enlist(map, this, dot, drawing, place);
        return dot;
      });
      this.far = null;
      this.choose = () => {
        const far = map.getZoom() < NEAR;
        if (far === this.far) return;
        this.far = far;
        (far ? fills : dots).forEach((shape) => this.removeLayer(shape));
        (far ? dots : fills).forEach((shape, place) => { this.addLayer(shape); map.atlas.items.set(drawing.keys[place], shape); });
        if (map.atlas.chosen) atlas.mark(map, map.atlas.chosen);
      };
      this.choose();
      map.on("zoomend", this.choose);
    },
    onRemove(map) { if (this.choose) map.off("zoomend", this.choose); L.FeatureGroup.prototype.onRemove.call(this, map); },
  });

  // A surface made on the server; a click anywhere opens the hexagon around it.
  const Surface = Drawn.extend({
    fill(map, drawing) {
      this.addLayer(L.imageOverlay(drawing.url, drawing.corners, { pane: "fills", opacity: 1, alt: "", className: "atlas-surface" }));
      this.asked = (event) => map.atlas.drawing || atlas.pick(map, `cell:${atlas.hexagon(drawing.side, event.latlng).join(",")}`);
      map.on("click", this.asked);
    },
    onRemove(map) { map.off("click", this.asked); this.ring?.remove(); L.FeatureGroup.prototype.onRemove.call(this, map); },
    mark(map, key) {
      this.ring?.remove();
      const pair = /^cell:(-?\d+),(-?\d+)$/.exec(key || "");
      this.ring = pair && L.polygon(atlas.corners(this.drawing.side, [+pair[1], +pair[2]]), { ...CHOSEN, fill: false, pane: "marks", interactive: false }).addTo(map);
      return this.ring;
    },
  });

  atlas.Drawn = Drawn;
  atlas.FORMS = { image: Surface, areas: Areas }; // and those of live.js
  atlas.draw = (drawing) => new atlas.FORMS[drawing.form](drawing);
})();
