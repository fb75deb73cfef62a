/* Layers of many items: drawn on a sheet (sheet.js) at once, or asked for by what is in view. A classic script, after sheet.js. */
(() => {
  "use strict";
  const { atlas } = L;
  const MARGIN = 0.5, LEFT = 0.2, KEPT = 8, REST_MS = 200, HAIR = 0.001;
  const LIMITS = [[-180, 180], [-85, 85]];

  // Hexagons and circles: as many as there are, on one sheet (sheet.js).
  const Sheets = atlas.Drawn.extend({
    fill(map, drawing) {
      const form = this.sheet?.drawing.form;
      if (form === drawing.form && this.hasLayer(this.sheet)) this.sheet.take(drawing);
      else this.clearLayers().addLayer((this.sheet = new atlas.Sheet(drawing)));
      map.atlas.items = this.sheet.places;
    },
    mark(_map, key) { return this.sheet?.choose(key); },
  });

  // More than a browser should hold: what lies in the frame is asked for with a margin around it, so that a small move shows at once
  // what is there already, and the next margin is fetched behind it. An answer that comes late is dropped.
  const Live = Sheets.extend({
    initialize(drawing) {
      Sheets.prototype.initialize.call(this, drawing);
      this.url = drawing.url;
      this.kept = [];
    },
    fill(map, drawing) {
      if (drawing.form !== "live") Sheets.prototype.fill.call(this, map, drawing);
      if (this.look) return;
      this.look = () => { if (map.atlas.ready) this.see(map); };
      map.on("moveend", this.look);
      if (map.atlas.ready || !new URLSearchParams(location.search).has("view")) this.see(map); // else the page sets the view first
    },
    onRemove(map) {
      map.off("moveend", this.look);
      this.look = null;
      this.stop();
      Sheets.prototype.onRemove.call(this, map);
    },
    stop() {
      clearTimeout(this.waiting);
      this.running?.gate.abort();
      this.running = null;
    },
    see(map) {
      clearTimeout(this.waiting);
      const bounds = clipped(map.getBounds()), zoom = map.getZoom(), fits = ({ box, zooms }) => zoom >= zooms[0] && zoom < zooms[1] && box.contains(bounds);
      const found = this.kept.find(fits);
      if (found) {
        this.show(map, found);
        if (!found.settled || !found.box.contains(clipped(map.getBounds().pad(LEFT)))) this.waiting = setTimeout(() => this.ask(map), REST_MS);
      } else if (!this.running || !fits(this.running)) this.ask(map);
    },
    async ask(map) {
      this.stop();
      const bounds = clipped(map.getBounds()), zoom = map.getZoom(), address = new URL(this.url, location.href), gate = new AbortController();
      const own = (this.running = { gate, box: bounds.pad(HAIR), zooms: [zoom, zoom + 0.01] });
      for (const [name, value] of new URLSearchParams(location.search)) if (!["view", "at", "on", "with", "split"].includes(name)) address.searchParams.append(name, value);
      address.searchParams.set("bbox", [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((value) => value.toFixed(5)).join());
      address.searchParams.set("zoom", zoom);
      address.searchParams.set("margin", MARGIN);
      try {
        const answer = await fetch(address, { signal: gate.signal });
        if (!answer.ok) return;
        const told = await answer.json(), [west, south, east, north] = told.box;
        if (own !== this.running) return;
        const found = { ...told, box: L.latLngBounds([south, west], [north, east]).pad(HAIR) };
        this.kept = [found, ...this.kept].slice(0, KEPT);
        this.show(map, found);
      } catch (error) {
        if (error.name !== "AbortError") throw error;
      } finally {
        if (own === this.running) this.running = null;
      }
    },
    show(map, found) {
      if (found !== this.shown) {
        this.shown = this.drawing = found;
        this.fill(map, found);
        if (map.atlas.chosen) atlas.mark(map, map.atlas.chosen);
      }
      map.getContainer().dispatchEvent(new CustomEvent("atlas:drawn", { bubbles: true, detail: found }));
    },
  });

  function clipped(bounds) {
    const within = (value, [least, most]) => Math.min(Math.max(value, least), most);
    const [[west, east], [south, north]] = [[bounds.getWest(), bounds.getEast()], [bounds.getSouth(), bounds.getNorth()]].map((ends, axis) => ends.map((value) => within(value, LIMITS[axis])));
    return L.latLngBounds([south, west], [north, east]);
  }

  Object.assign(atlas.FORMS, { symbols: Sheets, cells: Sheets, live: Live });
})();
