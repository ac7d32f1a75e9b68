// Small drawings: the marks of the list, the key of the map, and the plain map for computers without WebGL.
"use strict";
Object.assign(FM, (() => {
  const { held, make, say, state } = FM;
  const SVG = "http://www.w3.org/2000/svg";
  function svg(name, attributes = {}, ...children) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children.flat());
    return element;
  }
  const PATHS = { dot: "M8 2.6a5.4 5.4 0 1 0 .01 0z", ring: "M8 3.2a4.8 4.8 0 1 0 .01 0z", square: "M3 3h10v10H3z", triangle: "M8 2.2 14 13H2z" };
  function mark(shape, colour) {
    const hollow = shape === "ring";
    return svg("svg", { viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true", class: "mark" }, svg("path", { d: PATHS[shape] ?? PATHS.dot, fill: hollow ? "#fff" : colour, stroke: colour, "stroke-width": hollow ? 2 : 1 }));
  }
  // What a school lacks (square), has (dot), or nobody reported (ring), each with its word.
  function lackMarks(row, whole = false) {
    const shapes = { y: ["square", "#9B1C1C", 2], n: ["dot", "#1565A8", 3], "-": ["ring", "#83888F", 4] };
    return make("ul", { class: whole ? "lacks whole" : "lacks" }, Object.entries(FM.words().lacks).map(([item, texts]) => {
      const [shape, colour, at] = shapes[held.schools.lacks[item][row]], [word, title] = texts, said = texts[at];
      return make("li", { title: `${title}: ${said}`, class: shape }, mark(shape, colour), whole ? said : [word, make("span", { class: "quiet" }, `: ${said}`)]);
    }));
  }

  // --- areas of a selection, counted ------------------------------------------------------------------------------------------
  // Shares are of the schools that operate and for which it is known, with what could be if all others were no, or yes.
  function counted(rows, level) {
    const ids = held.schools.columns[`admin${level}_id`], { c: classes, y: letters } = held.schools.show[state.show], out = new Map();
    for (const r of rows) {
      const id = FM.value(ids, r);
      if (id === null) continue;
      if (!out.has(id)) out.set(id, { schools: 0, yes: 0, no: 0, unknown: 0, classes: {} });
      const one = out.get(id);
      one.schools++;
      one.classes[classes[r]] = (one.classes[classes[r]] ?? 0) + 1;
      if (held.schools.open[r] !== "y") continue;
      one[letters[r] === "y" ? "yes" : letters[r] === "n" ? "no" : "unknown"]++;
    }
    for (const one of out.values()) finish(one);
    return out;
  }
  function finish(one) {
    const known = one.yes + one.no, all = known + one.unknown;
    Object.assign(one, { known, share: known ? one.yes / known : null, low: all ? one.yes / all : null, high: all ? (one.yes + one.unknown) / all : null, few: known < 0.5 * all || !known });
    return one;
  }
  function told(level) {
    const out = new Map();
    for (const [id, l] of held.place.areas) {
      const row = held.told.areas[state.show]?.[id];
      if (l !== level || !row) continue;
      const [schools, known, unknown, share, low, high] = row;
      out.set(id, { schools, known, unknown, share, low, high, hidden: schools === null || known === null, few: known === null || known < 0.5 * (known + unknown) });
    }
    return out;
  }
  const BREAKS = [0.1, 0.25, 0.5, 0.75, 0.9];
  function colour(one) {
    if (!one || one.schools === 0) return "rgba(0,0,0,0)";
    if (one.few || one.share === null) return null;
    return held.place.colours[state.show][BREAKS.filter((limit) => one.share >= limit).length];
  }
  function words(one) {
    if (!one || one.schools === 0) return say("no_school");
    if (one.hidden) return say("hidden");
    if (one.few || one.share === null) return say("too_few");
    const range = one.low !== one.high && one.low !== null ? ` (${say("bounds", { low: FM.percent(one.low), high: FM.percent(one.high) })})` : "";
    return FM.percent(one.share) + range;
  }

  // --- the plain map -----------------------------------------------------------------------------------------------------------
  function plainMap(level, areas, points) {
    const [west, south, east, north] = held.base.bounds, squeeze = Math.cos(((south + north) / 2) * Math.PI / 180);
    const width = 800, height = Math.max(200, Math.min(1000, (800 * (north - south)) / ((east - west) * squeeze)));
    const x = (lon) => (((lon - west) / (east - west)) * width).toFixed(1), y = (lat) => (((north - lat) / (north - south)) * height).toFixed(1);
    const path = (g) => (g.type === "Polygon" ? [g.coordinates] : g.type === "MultiPolygon" ? g.coordinates : g.type === "GeometryCollection" ? g.geometries.filter((p) => /Polygon/.test(p.type)).flatMap((p) => (p.type === "Polygon" ? [p.coordinates] : p.coordinates)) : []).flat().map((ring) => "M" + ring.map(([lon, lat]) => `${x(lon)} ${y(lat)}`).join("L") + "Z").join("");
    const hatch = svg("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("path", { d: "M0 0V6", stroke: "#4A5563", "stroke-width": 1.4 }));
    const own = held.base.shapes.features.filter((f) => f.properties.kind === "own").map((f) => svg("path", { d: path(f.geometry), fill: "#FAF8F3", stroke: "#1B2430" }));
    const shapes = (held[`areas-${level}`]?.shapes.features ?? []).map((f) => {
      const one = areas.get(f.properties.id), fill = colour(one) ?? "url(#hatch)";
      return svg("path", { d: path(f.geometry), fill, stroke: "#8A8577", "stroke-width": 0.7 }, svg("title", {}, `${f.properties.name}: ${words(one)}`));
    });
    const dots = points.map(([lon, lat, tone]) => svg("circle", { cx: x(lon), cy: y(lat), r: 2, fill: tone }));
    return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": say("plain_map"), class: "plain" }, svg("defs", {}, hatch), own, shapes, dots);
  }
  return { mark, lackMarks, counted, toldOf: told, colourOf: colour, wordsOf: words, plainMap, finish };
})());
