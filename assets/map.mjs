// The map: MapLibre over our own tiles. One map an element; `show` brings it to a specification made by dashboard/map.py.
import * as maplibregl from "/parts/maplibre-gl/dist/maplibre-gl.mjs";
import { drawShape, drawHatch } from "./shapes.mjs";

const FONT = ["Noto Sans Variable", "Noto Sans Arabic Variable", "sans-serif"];
const PAPER = "#FAF8F3", LAND = "#F1EEE6", WATER = "#DCE6EA", INK = "#1B2430", SOFT = "#4A5563", RULE = "#D9D4C7", ACTION = "#0B5563";
const EMPTY = { type: "FeatureCollection", features: [] };
const { say, written } = window.firstmile;
const outside = () => ({ class: -2, colour: "rgba(0,0,0,0)", tip: say("Outside the area you are in; click to go there") });
const NAME = "name:";
// Scripts whose letters change with their neighbours: Hebrew and Arabic, those of South and South-East Asia, Tibetan, Mongolian.
const SHAPED = /[\u0590-\u08FF\u0900-\u109F\u1780-\u18AF\u1A20-\u1AAF\uFB1D-\uFDFF\uFE70-\uFEFF]/;
const maps = new Map();
const answers = new Map();

maplibregl.setWorkerUrl?.("/parts/maplibre-gl/dist/maplibre-gl-worker.mjs");

// --- talking to the server and to Dash -----------------------------------------------------------------------------

function fetchJson(url) {
  if (!answers.has(url)) {
    if (answers.size > 60) answers.delete(answers.keys().next().value);
    answers.set(url, fetch(url).then(async (reply) => {
      if (!reply.ok) throw new Error(await reply.text());
      return reply.json();
    }).catch((error) => { answers.delete(url); throw error; }));
  }
  return answers.get(url);
}

let count = 0;
function tell(id, event) {
  window.dash_clientside.set_props(`${id}-event`, { data: { ...event, n: ++count } });
}

// The place on the map stands in the address without a step in the history: panning is not a page.
function rememberPlace(map) {
  const { lat, lng } = map.getCenter();
  const query = new URLSearchParams(window.location.search);
  query.set("at", `${lat.toFixed(4)},${lng.toFixed(4)},${map.getZoom().toFixed(2)}`);
  window.history.replaceState(window.history.state, "", `${window.location.pathname}?${query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}`);
  // Dash would take an address that it does not know for an older wish, and lose the next step for it.
  window.dash_clientside.set_props("url", { href: window.location.href });
}

// --- the style ------------------------------------------------------------------------------------------------------

function style(spec) {
  const sources = {
    base: { type: "geojson", data: `${spec.base}?detail=coarse` },
    outline: { type: "geojson", data: spec.outline },
    areas: { type: "geojson", data: EMPTY },
    labels: { type: "geojson", data: EMPTY },
    schools: { type: "vector", tiles: [new URL(spec.tiles, window.location.origin).href.replaceAll("%7B", "{").replaceAll("%7D", "}")], minzoom: 0, maxzoom: 12, promoteId: "id" },
    lit: { type: "geojson", data: EMPTY },
    picked: { type: "geojson", data: EMPTY },
  };
  const beneath = spec.beneath ?? { sources: {}, layers: [] };
  return { ...beneath, version: 8, sources: { ...beneath.sources, ...sources }, layers: [...beneath.layers, ...layers(spec)] };
}

function layers(spec) {
  const below = spec.baseStyle ? [] : [
    { id: "water", type: "background", paint: { "background-color": WATER } },
    { id: "land", type: "fill", source: "base", filter: ["==", ["get", "kind"], "land"], paint: { "fill-color": LAND } },
    { id: "coast", type: "line", source: "base", filter: ["==", ["get", "kind"], "coast"], paint: { "line-color": "#B9CBD2", "line-width": 0.8 } },
    { id: "border", type: "line", source: "base", filter: ["==", ["get", "kind"], "border"], paint: { "line-color": "#B3AB9A", "line-width": 0.9 } },
  ];
  return [
    ...below,
    { id: "own-land", type: "fill", source: "outline", filter: ["==", ["get", "kind"], "own"], paint: { "fill-color": PAPER, "fill-opacity": spec.baseStyle ? 0.3 : 1 } },
    { id: "area-fill", type: "fill", source: "areas", paint: { "fill-color": ["get", "colour"], "fill-antialias": true, "fill-opacity": areaOpacity(spec) } },
    { id: "area-hatch", type: "fill", source: "areas", filter: ["any", ["==", ["get", "class"], -1], ["has", "hatch"]], paint: { "fill-pattern": ["coalesce", ["get", "hatch"], "hatch"], "fill-opacity": areaOpacity(spec) } },
    { id: "area-line", type: "line", source: "areas", paint: { "line-color": ["interpolate", ["linear"], ["zoom"], 4, PAPER, 9, "#8A8577"], "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.4, 9, 1] } },
    { id: "own-line", type: "line", source: "outline", filter: ["==", ["get", "kind"], "own"], paint: { "line-color": INK, "line-opacity": 0.6, "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.6, 9, 1.4] } },
    // A strip of paper under the dashes: a solid border below them would close their gaps.
    { id: "contested-gap", type: "line", source: "outline", filter: ["==", ["get", "kind"], "contested"], paint: { "line-color": PAPER, "line-width": 3.2 } },
    { id: "contested-line", type: "line", source: "outline", filter: ["==", ["get", "kind"], "contested"], paint: { "line-color": INK, "line-width": 1.6, "line-dasharray": [3, 2.5] } },
    { id: "chosen-line", type: "line", source: "outline", filter: ["==", ["get", "kind"], "chosen"], paint: { "line-color": ACTION, "line-width": 2.4 } },
    { id: "area-hover", type: "line", source: "areas", filter: ["==", ["get", "id"], ""], paint: { "line-color": ACTION, "line-width": 2.4 } },
    { id: "picked", type: "circle", source: "picked", paint: { "circle-radius": 13, "circle-color": ACTION, "circle-opacity": 0.16, "circle-stroke-color": ACTION, "circle-stroke-width": 2.5 } },
    {
      id: "schools", type: "symbol", source: "schools", "source-layer": "schools", minzoom: spec.pointsFrom,
      layout: {
        "icon-image": ["concat", "shape-", ["get", "s"]], "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-padding": 0,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 3, 0.42, 6, 0.55, 9, 0.8, 13, 1.15], "symbol-sort-key": ["get", "s"],
      },
    },
    { id: "lit", type: "circle", source: "lit", paint: { "circle-radius": 11, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": INK, "circle-stroke-width": 2.5 } },
    {
      id: "labels", type: "symbol", source: "labels",
      layout: {
        // Letters that join or stack are drawn whole by the browser (see `nameImage`); MapLibre sets them one by one.
        "icon-image": ["case", ["has", "whole"], ["concat", NAME, ["get", "name"]], ""], "icon-size": ["interpolate", ["linear"], ["zoom"], 4, 0.8, 9, 1], "icon-padding": 6,
        "text-field": ["case", ["has", "whole"], "", ["get", "name"]], "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 4, 11, 9, 14], "text-max-width": 8,
        "symbol-sort-key": ["-", ["get", "schools"]], "text-padding": 6,
      },
      paint: { "text-color": INK, "text-halo-color": PAPER, "text-halo-width": 1.6 },
    },
  ];
}

// Areas give way to the schools where those are drawn.
const areaOpacity = (spec) => (spec.pointsFrom > 0 ? ["interpolate", ["linear"], ["zoom"], spec.pointsFrom - 0.01, 1, spec.pointsFrom, 0.22] : 0.22);

function overlayLayers(overlay) {
  const source = `over-${overlay.key}`;
  if (overlay.kind === "polygon") return [
    { id: `${source}-fill`, type: "fill", source, paint: { "fill-pattern": "dots", "fill-opacity": 0.8 } },
    { id: `${source}-line`, type: "line", source, paint: { "line-color": overlay.colour, "line-width": 1, "line-dasharray": [2, 1.5] } },
  ];
  if (overlay.kind === "line") return [{ id: `${source}-line`, type: "line", source, paint: { "line-color": "#8C7B62", "line-width": 1.2, "line-opacity": 0.8 } }];
  return [{ id: `${source}-point`, type: "symbol", source, layout: { "icon-image": `shape-${overlay.shape}`, "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 4, 0.5, 10, 0.9] } }];
}

// An online base that the server's settings name: its sources and layers go beneath ours; the offline base where it fails.
async function online(address) {
  try {
    return { beneath: await (await fetch(address)).json() };
  } catch (error) {
    console.warn("the online base map did not answer:", error.message);
    return { baseStyle: "" };
  }
}

// --- one map --------------------------------------------------------------------------------------------------------

function make(id, spec) {
  const element = document.getElementById(id);
  const frame = spec.at ? { center: spec.at.slice(0, 2), zoom: spec.at[2] } : { bounds: spec.bounds, fitBoundsOptions: { padding: padding(element) } };
  const map = new maplibregl.Map({
    container: element, style: style(spec), ...frame, attributionControl: false, maxZoom: 17, minZoom: 0.5, dragRotate: false,
    pitchWithRotate: false, touchPitch: false, fadeDuration: 0, renderWorldCopies: true, canvasContextAttributes: { preserveDrawingBuffer: true },
    localIdeographFontFamily: "'Noto Sans Variable', sans-serif",
    locale: { "NavigationControl.ZoomIn": say("Zoom in"), "NavigationControl.ZoomOut": say("Zoom out"), "ScaleControl.Meters": say("m"), "ScaleControl.Kilometers": say("km"), "Map.Title": say("Map") },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation?.();
  if (spec.baseStyle) map.addControl(new maplibregl.AttributionControl({ compact: false }), "bottom-right");
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 110 }), "bottom-left");
  map.getCanvas().setAttribute("aria-label", say("Map. Arrow keys move it, plus and minus zoom. The same numbers stand in the table beside it."));
  const state = { map, id, spec: null, moved: Boolean(spec.at), popup: null, hovered: "", lit: "" };
  map.getCanvas().addEventListener("focus", () => import("./reading.mjs").then(({ read }) => read(map, {
    found: (event) => (state.spec ? under(state, event) : null), words: (found) => lines(state.spec, found).map(([text]) => text), choose: (event) => click(state, event), inView: () => inView(state),
  })), { once: true });
  drawImages(map);
  map.on("error", (event) => console.warn("map:", event.error?.message ?? event));
  map.on("mousemove", (event) => hover(state, event));
  map.on("mouseout", () => unhover(state));
  map.on("click", (event) => click(state, event));
  map.on("moveend", (event) => { if (event.originalEvent) state.moved = true; if (state.moved) rememberPlace(map); loadHexagons(state); });
  map.once("style.load", () => fetchJson(spec.base).then((fine) => map.getSource("base").setData(fine)).catch((error) => console.warn("map:", error.message)));
  // Dash's Location takes its first change for a wish to go back to where the page began, so it hears one that changes nothing.
  window.dash_clientside.set_props("url", { href: window.location.href });
  map.once("load", () => { element.dataset.ready = "yes"; });
  map.on("idle", () => { countInView(state); element.dataset.idle = String(Number(element.dataset.idle ?? 0) + 1); });
  return state;
}

function padding(element) {
  const room = Math.min(element.clientWidth, element.clientHeight);
  return Math.max(12, Math.min(48, room * 0.06));
}

function drawImages(map) {
  const ratio = 3;
  const add = (name, image) => { if (!map.hasImage(name)) map.addImage(name, image, { pixelRatio: ratio }); };
  map.setMissingStyleImageResolver((name) => {
    if (name === "hatch") add(name, drawHatch(ratio, "#83888F"));
    if (name === "hatch-sparse") add(name, drawHatch(ratio, "#1B2430B0"));
    if (name === "hatch-dense") add(name, drawHatch(ratio, "#1B2430B0", false, 4));
    if (name.startsWith(NAME)) add(name, nameImage(name.slice(NAME.length), ratio));
    if (name === "dots") add(name, drawHatch(ratio, ACTION, true));
    const spec = [...maps.values()].find((one) => one.map === map)?.wanted;
    const key = name.startsWith("shape-") ? name.slice(6) : "";
    const wanted = key && spec ? spec.classes[Number(key)] ?? spec.overlays.find((o) => o.shape === key) : null;
    if (wanted) add(name, drawShape(wanted.shape, wanted.colour, ratio));
  });
}

// A name in any script, shaped by the browser and drawn as a picture with the halo that other names have.
function nameImage(text, ratio) {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d"), font = `${14 * ratio}px ${FONT.map((f) => (f.includes(" ") ? `"${f}"` : f)).join(", ")}`;
  pen.font = font;
  canvas.width = Math.ceil(pen.measureText(text).width + 6 * ratio);
  canvas.height = Math.ceil(24 * ratio);
  Object.assign(pen, { font, textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: 3.2 * ratio, strokeStyle: PAPER, fillStyle: INK });
  pen.strokeText(text, canvas.width / 2, canvas.height / 2);
  pen.fillText(text, canvas.width / 2, canvas.height / 2);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

// Bring a map to a specification: only what differs changes.
async function show(id, spec) {
  const element = document.getElementById(id);
  if (!spec || !element) return;
  let state = maps.get(id);
  if (state && !document.body.contains(state.map.getContainer())) { state.map.remove(); state = null; maps.delete(id); }
  if (!state) {
    element.replaceChildren();
    await Promise.all([document.fonts.load("14px 'Noto Sans Variable'"), document.documentElement.dir === "rtl" ? document.fonts.load("14px 'Noto Sans Arabic Variable'", "ا") : null]).catch(() => {});
    state = make(id, spec.baseStyle ? { ...spec, ...(await online(spec.baseStyle)) } : spec);
    maps.set(id, state);
  }
  state.wanted = spec;
  if (!state.loaded) { await new Promise((resolve) => state.map.once("style.load", resolve)); state.loaded = true; }
  if (state.wanted === spec) apply(state, spec);
}

function apply(state, spec) {
  const { map } = state;
  const before = state.spec;
  state.spec = spec;
  if (before && JSON.stringify(before.classes) !== JSON.stringify(spec.classes)) {
    for (const name of map.listImages()) if (/^shape-\d+$/.test(name)) map.updateImage(name, drawShape(spec.classes[Number(name.slice(6))]?.shape ?? "dot", spec.classes[Number(name.slice(6))]?.colour ?? INK, 3));
  }
  if (before && before.tiles !== spec.tiles) map.getSource("schools").setTiles([window.location.origin + spec.tiles]);
  if (before && before.outline !== spec.outline) {
    // Another area is gone into: what was coloured there is not what will be, so nothing is until it is known.
    for (const source of ["areas", "labels"]) map.getSource(source).setData(EMPTY);
    map.getSource("outline").setData(spec.outline);
  }
  if (before && before.base !== spec.base) fetchJson(spec.base).then((fine) => { if (state.spec === spec) map.getSource("base").setData(fine); }).catch(() => {});
  if (before && before.pointsFrom !== spec.pointsFrom) {
    map.setLayerZoomRange("schools", spec.pointsFrom, 24);
    for (const layer of ["area-fill", "area-hatch"]) map.setPaintProperty(layer, "fill-opacity", areaOpacity(spec));
  }
  overlays(state, before?.overlays ?? [], spec.overlays);
  map.getSource("picked").setData(spec.picked ? point(spec.picked) : EMPTY);
  areas(state);
  if (before && JSON.stringify(before.bounds) !== JSON.stringify(spec.bounds)) {
    state.moved = false;
    map.fitBounds(spec.bounds, { padding: padding(map.getContainer()), duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 700 });
  } else if (before && spec.at && before.at?.join() !== spec.at.join()) {
    map.jumpTo({ center: spec.at.slice(0, 2), zoom: spec.at[2] });
  } else if (state.moved) rememberPlace(map);
}

const point = (lonlat) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: lonlat } });

function overlays(state, before, now) {
  const { map } = state;
  for (const gone of before.filter((o) => !now.some((n) => n.key === o.key))) {
    for (const layer of overlayLayers(gone)) if (map.getLayer(layer.id)) map.removeLayer(layer.id);
    if (map.getSource(`over-${gone.key}`)) map.removeSource(`over-${gone.key}`);
  }
  for (const fresh of now.filter((o) => !map.getSource(`over-${o.key}`))) {
    map.addSource(`over-${fresh.key}`, { type: "geojson", data: fresh.url });
    for (const layer of overlayLayers(fresh)) map.addLayer(layer, fresh.kind === "polygon" ? "own-line" : "picked");
  }
}

// Areas come as shapes (the same for every view, kept) and values (of this view), joined here.
async function areas(state) {
  const { spec } = state;
  if (spec.hexagons) { state.hexagons = ""; return loadHexagons(state); }
  if (!spec.shapes) { state.map.getSource("areas").setData(EMPTY); return undefined; }
  const [shapes, values] = await Promise.all([fetchJson(spec.shapes), fetchJson(spec.values)]);
  if (state.spec !== spec) return undefined;
  const features = shapes.features.filter((f) => values[f.properties.id]).map((f) => ({ ...f, properties: { ...f.properties, ...values[f.properties.id] } }));
  const around = shapes.features.filter((f) => !values[f.properties.id]).map((f) => ({ ...f, properties: { ...f.properties, ...outside() } }));
  state.map.getSource("areas").setData({ type: "FeatureCollection", features: [...around, ...features] });
  state.map.getSource("labels").setData({ type: "FeatureCollection", features: features.map((f) => ({ type: "Feature", properties: { name: f.properties.name, schools: f.properties.schools, ...(SHAPED.test(f.properties.name) ? { whole: true } : {}) }, geometry: { type: "Point", coordinates: f.properties.at } })) });
  return undefined;
}

async function loadHexagons(state) {
  const { spec, map } = state;
  if (!spec?.hexagons) return;
  const resolution = Math.max(0, Math.min(spec.finest, Math.floor((map.getZoom() - 0.4) * 0.714 + (spec.hexagonShift ?? 0))));
  const url = spec.hexagons.replace("{resolution}", resolution).replace("{box}", resolution >= (spec.windowFrom ?? 99) ? windowOf(map) : "");
  if (state.hexagons === url) return;
  state.hexagons = url;
  const cells = await fetchJson(url);
  if (state.hexagons === url) { map.getSource("areas").setData(cells); map.getSource("labels").setData(EMPTY); }
}

// West, south, east, north of what is in view, out to whole degrees, so that a small move asks for nothing new.
function windowOf(map) {
  const view = map.getBounds();
  return [Math.floor(view.getWest()), Math.floor(view.getSouth()), Math.ceil(view.getEast()), Math.ceil(view.getNorth())].join(",");
}

// The legend counts what is seen: zoomed in, the schools in view; zoomed out, those of the whole selection.
function countInView(state) {
  const { map, id, spec } = state;
  const legend = document.getElementById(`${id}-legend`);
  if (!spec || !legend) return;
  const write = (part, text) => { if (part.textContent !== text) part.textContent = text; };
  const drawn = map.getZoom() >= spec.pointsFrom && map.isSourceLoaded("schools");
  const seen = new Map(drawn ? map.queryRenderedFeatures({ layers: ["schools"] }).map((f) => [f.properties.id, f.properties.s]) : []);
  const counts = new Map();
  for (const s of seen.values()) counts.set(Number(s), (counts.get(Number(s)) ?? 0) + 1);
  for (const part of legend.querySelectorAll(".legend-count")) write(part, drawn ? written(part.dataset.class.split(" ").reduce((n, key) => n + (counts.get(Number(key)) ?? 0), 0)) : part.dataset.whole);
  for (const part of legend.querySelectorAll(".legend-scope")) write(part, drawn ? say("{n} in view, of {all}", { n: written(seen.size), all: part.dataset.whole }) : part.dataset.whole);
}

// --- pointer --------------------------------------------------------------------------------------------------------

function under(state, event) {
  const { map } = state;
  const near = [[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]];
  const schools = map.getZoom() >= state.spec.pointsFrom ? map.queryRenderedFeatures(near, { layers: ["schools"] }) : [];
  const away = (f) => { const p = map.project(f.geometry.coordinates); return (p.x - event.point.x) ** 2 + (p.y - event.point.y) ** 2; };
  if (schools.length) {
    const ordered = schools.toSorted((a, b) => away(a) - away(b));
    return { kind: "school", feature: ordered[0], more: new Set(schools.map((f) => f.properties.id)).size - 1 };
  }
  const [area] = map.queryRenderedFeatures(event.point, { layers: ["area-fill"] });
  return area ? { kind: "area", feature: area, more: 0 } : null;
}

function hover(state, event) {
  if (!state.spec) return;
  const found = under(state, event);
  const key = found ? `${found.kind}:${found.feature.properties.id}` : "";
  state.map.getCanvas().style.cursor = found ? "pointer" : "";
  if (found) popup(state).setLngLat(found.kind === "school" ? found.feature.geometry.coordinates : event.lngLat);
  if (key === state.hovered) return;
  state.hovered = key;
  if (!found) return unhover(state);
  popup(state).setDOMContent(card(state.spec, found)).addTo(state.map);
  state.map.setFilter("area-hover", ["==", ["get", "id"], found.kind === "area" ? found.feature.properties.id : ""]);
  if (found.kind === "school") tell(state.id, { kind: "hover", id: found.feature.properties.id });
  return undefined;
}

function unhover(state) {
  state.hovered = "";
  state.popup?.remove();
  if (state.loaded) state.map.setFilter("area-hover", ["==", ["get", "id"], ""]);
}

function popup(state) {
  state.popup ??= new maplibregl.Popup({ closeButton: false, closeOnClick: false, offset: 12, maxWidth: "280px", className: "map-card" });
  return state.popup;
}

// What the pointer is on, as text: names and values come from registers and are never read as HTML.
function card(spec, found) {
  const box = document.createElement("div");
  for (const [text, name] of lines(spec, found)) { const part = document.createElement("div"); part.className = name; part.textContent = text; box.append(part); }
  return box;
}

// The lines of a card: what they say, and how they look.
function lines(spec, { kind, feature, more }) {
  const { properties } = feature;
  const told = kind === "school" ? [properties.tip ?? spec.classes[properties.s]?.label] : String(properties.tip ?? "").split("\n");
  const rest = kind === "school" && more ? [[say("and {more} more here; zoom in to part them", { more: written(more) }), "card-note"]] : [];
  return [[properties.name || properties.id, "card-name"], ...told.map((text) => [text, "card-value"]), ...rest].filter(([text]) => text);
}

function inView({ map, spec }) {
  const count = (layer) => new Set(map.queryRenderedFeatures({ layers: [layer] }).filter((f) => f.properties.class !== -2).map((f) => f.properties.id)).size;
  return map.getZoom() >= spec.pointsFrom ? { schools: count("schools"), areas: 0 } : { schools: null, areas: count("area-fill") };
}

function click(state, event) {
  const found = state.spec && under(state, event);
  if (found && !(found.kind === "area" && found.feature.properties.still)) tell(state.id, { kind: found.kind, id: String(found.feature.properties.id) });
  else if (found) state.map.easeTo({ center: event.lngLat, zoom: state.map.getZoom() + 1.5 });
}

// Light one school from outside, such as the row under the pointer in a list: [longitude, latitude], or nothing.
function light(id, lonlat) {
  const state = maps.get(id);
  if (state?.loaded) state.map.getSource("lit").setData(lonlat ? point(lonlat) : EMPTY);
}

window.firstmile.maps = maps;
window.firstmile.arrive({ show, light });
