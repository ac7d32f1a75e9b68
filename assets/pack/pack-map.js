// The map: MapLibre over data that are already here; a plain drawing where WebGL is off. Many schools in view: areas alone.
"use strict";
Object.assign(FM, (() => {
  const { held, state, of, make, say, number } = FM;
  const PAPER = "#FAF8F3", INK = "#1B2430", EMPTY = { type: "FeatureCollection", features: [] };
  const MOST = 4000; // schools drawn one by one; above, areas count them all, and no sample is shown
  const FONT = ["Noto Sans Variable", "Noto Sans Arabic Variable", "sans-serif"];
  let map = null, level = 0, areas = new Map(), rows = [], popup = null, plain = false;

  const collection = (features) => ({ type: "FeatureCollection", features });
  // The level below the chosen area, or the first that has shapes.
  function deeper() {
    const own = state.area ? held.place.levelOf[state.area] : 0;
    return held.place.shaped.find((l) => l > own) ?? held.place.shaped.at(-1) ?? 0;
  }

  async function startMap(after) {
    await FM.load("data/base.js", "base");
    for (const l of held.place.shaped) await FM.load(`data/areas-${l}.js`, `areas-${l}`);
    if (held.place.kind !== "areas") await FM.load("data/hexagons.js", "hexagons");
    try {
      if (!webgl()) throw new Error("no WebGL");
      for (const file of ["maplibre-gl.js", "maplibre-gl-worker.js", "shapes.js"]) await FM.load(`page/${file}`);
      await document.fonts?.load("12px 'Noto Sans Variable'");
      await open(after);
    } catch (error) {
      console.warn("map:", error.message);
      plain = true;
      document.getElementById("map-note").textContent = say("no_webgl");
    }
    after();
  }
  function webgl() {
    try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; }
  }

  function open(after) {
    // A plain worker made of text: files may start none. The ending tells the library that it is no module.
    maplibregl.setWorkerUrl(URL.createObjectURL(new Blob([FM_WORKER], { type: "text/javascript" })) + "#.cjs");
    const [west, south, east, north] = held.base.bounds;
    map = new maplibregl.Map({
      container: "map", style: { version: 8, sources: sources(), layers: layers() }, bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 24 },
      attributionControl: false, maxZoom: 17, minZoom: 0.5, dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0, localIdeographFontFamily: "sans-serif",
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation?.();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibregl.ScaleControl({ maxWidth: 110 }), "bottom-left");
    map.on("error", (event) => console.warn("map:", event.error?.message ?? event));
    map.on("moveend", points);
    map.on("resize", points);
    map.on("click", clicked);
    map.on("mousemove", hovered);
    map.on("mouseout", () => popup?.remove());
    const ratio = 2;
    for (const shape of ["ring", "dot", "triangle", "square"]) for (const tone of ["#1565A8", "#BF7600", "#9B1C1C", "#83888F"]) map.addImage(`${shape}-${tone}`, FM_SHAPES.drawShape(shape, tone, ratio), { pixelRatio: ratio });
    map.addImage("hatch", FM_SHAPES.drawHatch(ratio, "#4A5563"), { pixelRatio: ratio });
    return new Promise((done, failed) => {
      const late = setTimeout(() => failed(new Error("the map did not start")), 20000);
      map.once("load", () => { clearTimeout(late); document.getElementById("map").dataset.ready = "yes"; done(); });
      map.once("webglcontextlost", () => { clearTimeout(late); failed(new Error("WebGL was lost")); });
    });
  }
  function sources() {
    return { base: { type: "geojson", data: held.base.shapes }, areas: { type: "geojson", data: EMPTY }, labels: { type: "geojson", data: EMPTY }, schools: { type: "geojson", data: EMPTY }, picked: { type: "geojson", data: EMPTY } };
  }
  function layers() {
    const kind = (name) => ["==", ["get", "kind"], name], wide = (a, b) => ["interpolate", ["linear"], ["zoom"], 3, a, 9, b];
    const line = (id, name, colour, width, more = {}) => ({ id, type: "line", source: "base", filter: kind(name), paint: { "line-color": colour, "line-width": width, ...more } });
    return [
      { id: "water", type: "background", paint: { "background-color": "#DCE6EA" } },
      { id: "land", type: "fill", source: "base", filter: kind("land"), paint: { "fill-color": "#F1EEE6" } },
      line("coast", "coast", "#B9CBD2", 0.8), line("border", "border", "#B3AB9A", 0.9),
      { id: "own", type: "fill", source: "base", filter: kind("own"), paint: { "fill-color": PAPER } },
      { id: "area-fill", type: "fill", source: "areas", paint: { "fill-color": ["get", "colour"] } },
      { id: "area-hatch", type: "fill", source: "areas", filter: ["==", ["get", "few"], true], paint: { "fill-pattern": "hatch" } },
      { id: "area-line", type: "line", source: "areas", paint: { "line-color": "#8A8577", "line-width": wide(0.5, 1) } },
      line("own-line", "own", INK, wide(0.6, 1.4), { "line-opacity": 0.6 }),
      line("contested-gap", "contested", PAPER, 3.2), line("contested", "contested", INK, 1.6, { "line-dasharray": [3, 2.5] }),
      { id: "picked", type: "circle", source: "picked", paint: { "circle-radius": 13, "circle-color": "#0B5563", "circle-opacity": 0.16, "circle-stroke-color": "#0B5563", "circle-stroke-width": 2.5 } },
      { id: "schools", type: "symbol", source: "schools", layout: { "icon-image": ["get", "icon"], "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 3, 0.42, 6, 0.55, 9, 0.8, 13, 1.15] } },
      { id: "labels", type: "symbol", source: "labels", layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 4, 11, 9, 14], "text-max-width": 8, "text-padding": 6 }, paint: { "text-color": INK, "text-halo-color": PAPER, "text-halo-width": 1.6 } },
    ];
  }

  // --- what is drawn -----------------------------------------------------------------------------------------------------------
  function drawMap(found) {
    rows = found;
    const names = Object.keys(FM.words().shown);
    if (!names.includes(state.show)) state.show = names[0];
    level = deeper();
    areas = held.schools ? FM.counted(rows, level) : FM.toldOf(level);
    legend();
    table();
    if (plain) drawPlain(); else if (map) drawMoving();
  }
  const inside = (id) => { for (let a = id; a; a = held.place.areaOf[a]?.[3]) if (a === state.area) return true; return !state.area; };
  function drawMoving() {
    document.getElementById("map").querySelector("canvas").setAttribute("aria-label", say("map_keys"));
    if (held.place.shaped.length) {
      const all = held[`areas-${level}`].shapes.features.filter((f) => inside(f.properties.id));
      map.getSource("areas").setData(collection(all.map((f) => { const one = areas.get(f.properties.id), tone = FM.colourOf(one); return { ...f, properties: { ...f.properties, colour: tone ?? "rgba(0,0,0,0)", few: tone === null } }; })));
      map.getSource("labels").setData(collection(all.map((f) => ({ type: "Feature", properties: { name: f.properties.name }, geometry: { type: "Point", coordinates: f.properties.at } }))));
    } else drawCells();
    points();
  }
  // Hexagons: where a country has no polygons, or where locations may not be told more exactly.
  function cellsOf(found) {
    const by = new Map(), { y: letters } = held.schools.show[state.show];
    for (const r of found) { const n = held.hexagons.of[r]; if (n < 0) continue; if (!by.has(n)) by.set(n, { schools: 0, yes: 0, no: 0, unknown: 0 }); const one = by.get(n); one.schools++; if (held.schools.open[r] === "y") one[letters[r] === "y" ? "yes" : letters[r] === "n" ? "no" : "unknown"]++; }
    return [...by].map(([n, one]) => { FM.finish(one); const tone = FM.colourOf(one); return { type: "Feature", properties: { id: "", name: FM.count("schools", one.schools), tip: FM.wordsOf(one), colour: tone ?? "rgba(0,0,0,0)", few: tone === null }, geometry: { type: "Polygon", coordinates: [held.hexagons.rings[n]] } }; });
  }
  function drawCells() {
    const features = held.schools ? cellsOf(rows) : (held.told.hexagons[state.show] ?? []).map((f) => ({ ...f, properties: { ...f.properties, few: f.properties.class < 0 } }));
    map.getSource("areas").setData(collection(features));
  }
  function inView() {
    const box = map.getBounds(), out = [];
    for (const r of rows) {
      const lat = of("latitude", r), lon = of("longitude", r);
      if (lat !== null && lon !== null && lat >= box.getSouth() && lat <= box.getNorth() && box.contains([lon, lat])) out.push(r);
      if (out.length > MOST) return null;
    }
    return out;
  }
  function points() {
    if (!held.schools || !map || map.getContainer().clientWidth < 50) return;
    const near = inView(), note = document.getElementById("map-note");
    const { c: classes } = held.schools.show[state.show], { marks } = FM.words().shown[state.show];
    if (held.place.kind === "cells") { if (held.place.shaped.length && near) map.getSource("schools").setData(EMPTY); if (near && map.getZoom() > 6) drawCells(); note.textContent = ""; return; }
    map.getSource("schools").setData(near === null ? EMPTY : collection(near.map((r) => ({ type: "Feature", properties: { r, icon: `${marks[classes[r]][2]}-${marks[classes[r]][1]}` }, geometry: { type: "Point", coordinates: [of("longitude", r), of("latitude", r)] } }))));
    map.setPaintProperty("area-fill", "fill-opacity", near === null ? 1 : 0.3);
    map.setPaintProperty("area-hatch", "fill-opacity", near === null ? 1 : 0.3);
    const lost = rows.filter((r) => of("latitude", r) === null).length;
    note.textContent = [near === null ? say("zoom") : "", lost ? FM.count("unplaced", lost) : ""].filter(Boolean).join(" ");
  }
  function drawPlain() {
    const { c: classes } = held.schools?.show[state.show] ?? {}, { marks } = FM.words().shown[state.show];
    const some = held.place.kind === "points" ? rows.filter((r) => of("latitude", r) !== null) : [];
    const dots = some.length <= MOST ? some.map((r) => [of("longitude", r), of("latitude", r), marks[classes[r]][1]]) : [];
    document.getElementById("map").replaceChildren(FM.plainMap(level, areas, dots));
    document.getElementById("map").dataset.ready = "plain";
  }

  // --- its key and its table ------------------------------------------------------------------------------------------------------
  function legend() {
    const spoken = FM.words().shown, one = spoken[state.show];
    const select = make("select", { id: "show", onchange: (event) => { state.show = event.target.value; drawMap(rows); FM.remember(); } }, Object.entries(spoken).map(([name, { title }]) => make("option", { value: name }, title)));
    select.value = state.show;
    const counts = {};
    if (held.schools) for (const r of rows) { const c = held.schools.show[state.show].c[r]; counts[c] = (counts[c] ?? 0) + 1; }
    const order = one.marks.map((m, n) => [m, n]).sort((a, b) => (a[1] === 0) - (b[1] === 0));
    const marks = held.schools ? make("ul", { class: "marks" }, order.map(([[label, colour, shape], n]) => make("li", {}, FM.mark(shape, colour), make("span", {}, label), make("strong", {}, number(counts[n] ?? 0))))) : null;
    const steps = one.steps.map((text, n) => make("li", {}, make("span", { class: "step", style: `background:${held.place.colours[state.show][n]}` }), text));
    const ramp = make("ul", { class: "ramp" }, steps, make("li", {}, make("span", { class: "step hatched" }), say("too_few")));
    const each = say("each", { level: FM.words().level[level] ?? say("hexagon") });
    document.getElementById("legend").replaceChildren(...[make("label", {}, say("show"), " ", select), marks, make("p", { class: "note" }, each), ramp].filter(Boolean));
  }
  function table() {
    const heads = ["schools", "share", "known", "unknown"], name = FM.words().level[level] ?? "";
    const body = held.place.areas.filter(([id, l]) => l === level && inside(id) && areas.has(id)).map(([id, , text]) => { const one = areas.get(id); return make("tr", {}, make("th", { scope: "row" }, make("bdi", {}, text)), make("td", { class: "number" }, one.schools === null ? "–" : number(one.schools)), make("td", {}, FM.wordsOf(one)), make("td", { class: "number" }, one.hidden ? "–" : number(one.known)), make("td", { class: "number" }, one.hidden ? "–" : number(one.unknown))); });
    const head = make("tr", {}, make("th", { scope: "col" }, name), heads.map((k) => make("th", { scope: "col", class: k === "share" ? null : "number" }, say(k))));
    document.getElementById("map-rows").replaceChildren(make("table", { id: "areas-table" }, make("caption", {}, FM.words().shown[state.show].title), make("thead", {}, head), make("tbody", {}, body)));
  }
  // Where there are no schools one by one the table of areas stands in place of the list.
  function areaList() {
    document.getElementById("list").replaceChildren(make("p", { class: "finding" }, say("areas_only")));
    document.getElementById("map-table").open = true;
  }

  // --- pointing -----------------------------------------------------------------------------------------------------------------------
  const under = (event) => map.queryRenderedFeatures([[event.point.x - 5, event.point.y - 5], [event.point.x + 5, event.point.y + 5]], { layers: ["schools"] })[0];
  function clicked(event) {
    const school = under(event);
    if (school) { FM.openSheet(school.properties.r); return; }
    const area = map.queryRenderedFeatures(event.point, { layers: ["area-fill"] })[0];
    const select = document.getElementById("area");
    if (area?.properties.id && select && held.place.shaped.some((l) => l > level)) { select.value = area.properties.id; select.dispatchEvent(new Event("change")); }
  }
  function hovered(event) {
    const school = under(event), area = school ? null : map.queryRenderedFeatures(event.point, { layers: ["area-fill"] })[0];
    map.getCanvas().style.cursor = school || area ? "pointer" : "";
    if (!school && !area) { popup?.remove(); return; }
    const text = school ? of("school_name", school.properties.r) ?? of("school_id", school.properties.r) : `${area.properties.name}: ${area.properties.id ? FM.wordsOf(areas.get(area.properties.id)) : area.properties.tip ?? ""}`;
    popup ??= new maplibregl.Popup({ closeButton: false, closeOnClick: false, offset: 10 });
    popup.setLngLat(event.lngLat).setText(text).addTo(map);
  }
  function goTo(row) {
    const at = [of("longitude", row), of("latitude", row)];
    map?.getSource("picked").setData({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } });
    map?.jumpTo({ center: at, zoom: Math.max(11, map.getZoom()) });
    document.getElementById("map").scrollIntoView();
  }
  return { startMap, drawMap, goTo, areaList };
})());
