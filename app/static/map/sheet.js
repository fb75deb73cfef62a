/* One canvas for all items of a drawing: thousands of hexagons or circles are painted as one picture and found again by where they lie,
   instead of a Leaflet path with its own listeners each. A classic script, between layers.js and what Folium writes. */
(() => {
  "use strict";
  const { atlas } = L, { EDGE, CHOSEN } = atlas;
  const SMALL = 0.6; // as .legend-circles in map.css
  const FINE_PX = 5; // sides of hexagons below which their edges would hide them
  const MANY = 300; // circles from which each kind is painted once and then stamped
  const BUCKET_PX = 36;
  const FINGER_PX = 9; // beyond the edge of a circle that a finger still means it
  const CORNERS = [0, 1, 2, 3, 4, 5].map((turn) => [Math.sin((turn * Math.PI) / 3), Math.cos((turn * Math.PI) / 3)]);
  const METRES = 256 / (2 * Math.PI * 6378137); // pixels a projected metre at zoom 0

  const middle = (side, [q, r]) => L.point(side * Math.sqrt(3) * (q + r / 2), side * 1.5 * r);
  const centre = (side, pair) => L.Projection.SphericalMercator.unproject(middle(side, pair));
  atlas.centre = (side, pair) => { const { lat, lng } = centre(side, pair); return [lat, lng]; };

  atlas.corners = (side, pair) => {
    const { x, y } = middle(side, pair);
    return CORNERS.map(([dx, dy]) => L.Projection.SphericalMercator.unproject(L.point(x + side * dx, y + side * dy)));
  };

  // The hexagon around a position.
  atlas.hexagon = (side, latlng) => {
    const at = L.Projection.SphericalMercator.project(latlng);
    const q = ((Math.sqrt(3) / 3) * at.x - at.y / 3) / side, r = ((2 / 3) * at.y) / side;
    const whole = [Math.round(q), Math.round(r), Math.round(-q - r)];
    const off = [Math.abs(whole[0] - q), Math.abs(whole[1] - r), Math.abs(whole[2] + q + r)];
    if (off[0] > off[1] && off[0] > off[2]) whole[0] = -whole[1] - whole[2];
    else if (off[1] > off[2]) whole[1] = -whole[0] - whole[2];
    return [whole[0], whole[1]];
  };

  // Hexagons do not overlap: all of one look are one path.
  const Hexagons = {
    pane: "fills",
    positions: ({ side, cells }) => cells.map((pair) => centre(side, pair)),
    key: (drawing, place) => `cell:${drawing.cells[place].join(",")}`,
    paint(pen, sheet) {
      const { drawing } = sheet, side = pixels(sheet), turns = turned(side);
      const groups = new Map();
      for (const place of sheet.within(side)) {
        const { fillColor, fillOpacity } = atlas.look(drawing, place), name = `${fillColor}/${fillOpacity}`;
        if (!groups.has(name)) groups.set(name, { fillColor, fillOpacity, places: [] });
        groups.get(name).places.push(place);
      }
      for (const { fillColor, fillOpacity, places } of groups.values()) {
        pen.beginPath();
        for (const place of places) outline(pen, sheet.x(place), sheet.y(place), turns);
        pen.globalAlpha = fillOpacity;
        pen.fillStyle = atlas.paint(pen, fillColor);
        pen.fill();
        if (side < FINE_PX) continue;
        pen.globalAlpha = EDGE.opacity;
        pen.strokeStyle = EDGE.color;
        pen.lineWidth = 0.6;
        pen.stroke();
      }
    },
    ring(pen, sheet, place) {
      pen.beginPath();
      outline(pen, sheet.x(place), sheet.y(place), turned(pixels(sheet)));
    },
    find(sheet, { latlng }) { return sheet.places.get(`cell:${atlas.hexagon(sheet.drawing.side, latlng).join(",")}`) ?? -1; },
  };

  const pixels = (sheet) => sheet.drawing.side * METRES * sheet.scale;
  const turned = (side) => CORNERS.map(([dx, dy]) => [side * dx, -side * dy]);

  function outline(pen, x, y, turns) {
    turns.forEach(([dx, dy], turn) => (turn ? pen.lineTo(x + dx, y + dy) : pen.moveTo(x + dx, y + dy)));
    pen.closePath();
  }

  // Circles overlap: they are painted in the order in which the drawing has them.
  const Circles = {
    pane: "marks",
    positions: ({ points }) => points.map(([lon, lat]) => L.latLng(lat, lon)),
    key: (drawing, place) => drawing.keys[place],
    paint(pen, sheet) {
      const places = sheet.within(40), stamps = places.length > MANY ? new Map() : null;
      for (const place of places) {
        const style = round(sheet, place), x = sheet.x(place), y = sheet.y(place);
        if (stamps) stamp(pen, stamps, style, x, y); else circle(pen, style, x, y);
      }
    },
    ring(pen, sheet, place) {
      const { radius } = round(sheet, place);
      pen.beginPath();
      pen.arc(sheet.x(place), sheet.y(place), radius, 0, 2 * Math.PI);
    },
    find(sheet, { layerPoint: { x, y } }) {
      let found = -1, closest = -1, least = matchMedia("(pointer: coarse)").matches ? FINGER_PX : 1;
      for (const place of sheet.near(x, y)) {
        const beyond = Math.hypot(sheet.x(place) - x, sheet.y(place) - y) - round(sheet, place).radius;
        if (beyond <= 0) found = Math.max(found, place); // the topmost
        else if (beyond <= least) [closest, least] = [place, beyond];
      }
      return found < 0 ? closest : found;
    },
  };

  function round({ drawing, small }, place) {
    const radius = drawing.radii[place];
    if (!radius) return { radius: 2.5, fillColor: "#ffffff", fillOpacity: 0.9, color: "#8b95a1" };
    return { radius: Math.max(2, radius * small), color: drawing.edge || EDGE.color, ...atlas.look(drawing, place) };
  }

  function circle(pen, { radius, fillColor, fillOpacity, color }, x, y) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.globalAlpha = fillOpacity;
    pen.fillStyle = atlas.paint(pen, fillColor);
    pen.fill();
    pen.globalAlpha = EDGE.opacity;
    pen.strokeStyle = color;
    pen.lineWidth = EDGE.weight;
    pen.stroke();
  }

  function stamp(pen, stamps, style, x, y) {
    const name = `${style.radius}/${style.fillColor}/${style.fillOpacity}/${style.color}`, half = Math.ceil(style.radius) + 1;
    if (!stamps.has(name)) {
      const tile = document.createElement("canvas"), fine = L.Browser.retina ? 2 : 1;
      tile.width = tile.height = 2 * half * fine;
      const own = tile.getContext("2d");
      own.scale(fine, fine);
      circle(own, style, half, half);
      stamps.set(name, tile);
    }
    pen.globalAlpha = 1;
    pen.drawImage(stamps.get(name), Math.round(x) - half, Math.round(y) - half, 2 * half, 2 * half);
  }

  const FORMS = { cells: Hexagons, symbols: Circles };

  atlas.Sheet = L.Renderer.extend({
    options: { padding: 0.25 },
    initialize(drawing) {
      this.form = FORMS[drawing.form];
      L.Renderer.prototype.initialize.call(this, { pane: this.form.pane });
      this.take(drawing);
    },
    // Show another drawing of the same form.
    take(drawing) {
      this.drawing = drawing;
      this.small = matchMedia("(max-width: 820px)").matches ? SMALL : 1;
      const keys = drawing.form === "cells" ? drawing.cells : drawing.keys;
      this.places = new Map(keys.map((_, place) => [this.form.key(drawing, place), place]));
      this.chosen = this.places.get(this._map?.atlas.chosen) ?? -1;
      this.spots = null;
      if (this._container) this._update();
    },
    choose(key) {
      const chosen = this.places.get(key) ?? -1;
      if (chosen !== this.chosen) {
        this.chosen = chosen;
        if (this._container) this._update();
      }
      return this.chosen < 0 ? null : { getLatLng: () => this.form.positions(this.drawing)[this.chosen] };
    },
    // Pixels of all items at zoom 0, from which those of any zoom are a multiplication.
    project() {
      const { crs } = this._map.options;
      this.spots = new Float64Array(2 * this.places.size);
      this.form.positions(this.drawing).forEach((spot, place) => {
        const { x, y } = crs.latLngToPoint(spot, 0);
        this.spots[2 * place] = x;
        this.spots[2 * place + 1] = y;
      });
    },
    x(place) { return this.spots[2 * place] * this.scale - this.origin.x; },
    y(place) { return this.spots[2 * place + 1] * this.scale - this.origin.y; },
    within(margin) {
      const { min, max } = this._bounds, found = [];
      for (let place = 0; place < this.places.size; place++) {
        const x = this.x(place), y = this.y(place);
        if (x > min.x - margin && x < max.x + margin && y > min.y - margin && y < max.y + margin) found.push(place);
      }
      return found;
    },
    // Items around a point, by buckets that are filled when somebody points for the first time.
    near(x, y) {
      if (!this.buckets) {
        this.buckets = new Map();
        for (const place of this.within(0)) {
          const name = bucket(this.x(place), this.y(place));
          if (this.buckets.has(name)) this.buckets.get(name).push(place); else this.buckets.set(name, [place]);
        }
      }
      return [-1, 0, 1].flatMap((across) => [-1, 0, 1].flatMap((down) => this.buckets.get(bucket(x + across * BUCKET_PX, y + down * BUCKET_PX)) || []));
    },
    onAdd(map) {
      L.Renderer.prototype.onAdd.call(this, map);
      this.tip = L.tooltip(atlas.TIP);
      map.getContainer().addEventListener("mouseleave", (this.leave = () => this.point(-1)));
    },
    onRemove(map) {
      this.point(-1);
      map.getContainer().removeEventListener("mouseleave", this.leave);
      L.Renderer.prototype.onRemove.call(this, map);
    },
    getEvents() {
      return { ...L.Renderer.prototype.getEvents.call(this), mousemove: this.hover, click: this.pressed, movestart: () => this.point(-1) };
    },
    hover(event) {
      const covered = this._map.atlas.drawing || event.originalEvent.target.closest?.(".leaflet-control");
      this.point(covered ? -1 : this.form.find(this, event), event.latlng);
    },
    // Tell what lies under the pointer.
    point(place, latlng) {
      const map = this._map;
      if (!map || (place < 0 && this.pointed === undefined)) return;
      if (place < 0) { map.closeTooltip(this.tip); this.pointed = undefined; map.getContainer().classList.remove("pointing"); return; }
      if (place !== this.pointed) this.tip.setContent(atlas.spoken(this.drawing, place));
      this.tip.setLatLng(latlng);
      if (this.pointed === undefined) map.openTooltip(this.tip);
      this.pointed = place;
      map.getContainer().classList.add("pointing");
    },
    pressed(event) {
      if (this._map.atlas.drawing) return; // the click sets a corner of a shape
      const place = this.form.find(this, event);
      if (place >= 0) atlas.open(this._map, this.drawing, place, this.form.key(this.drawing, place));
    },
    _initContainer() {
      this._container = document.createElement("canvas");
      this.pen = this._container.getContext("2d");
    },
    _destroyContainer() { this._container.remove(); this._container = this.pen = null; },
    _updatePaths() { /* it holds none */ },
    _reset() { /* the end of the move, before it, has painted already */ },
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      if (!this.spots) this.project();
      const { min } = this._bounds, size = this._bounds.getSize(), fine = L.Browser.retina ? 2 : 1, box = this._container;
      this.scale = this._map.getZoomScale(this._zoom, 0);
      this.origin = this._map.getPixelOrigin();
      this.buckets = null;
      L.DomUtil.setPosition(box, min);
      [box.width, box.height] = [fine * size.x, fine * size.y];
      [box.style.width, box.style.height] = [`${size.x}px`, `${size.y}px`];
      this.pen.setTransform(fine, 0, 0, fine, -fine * min.x, -fine * min.y);
      this.form.paint(this.pen, this);
      if (this.chosen < 0) return;
      this.pen.globalAlpha = 1;
      this.pen.strokeStyle = CHOSEN.color;
      this.pen.lineWidth = CHOSEN.weight;
      this.form.ring(this.pen, this, this.chosen);
      this.pen.stroke();
    },
  });

  const bucket = (x, y) => `${Math.floor(x / BUCKET_PX)}/${Math.floor(y / BUCKET_PX)}`;
})();
