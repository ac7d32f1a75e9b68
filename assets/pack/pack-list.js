// The filters and the list: native controls, pages of fifty, every row with its reasons.
"use strict";
Object.assign(FM, (() => {
  const { held, state, of, make, say, number, coded } = FM;
  const EACH = 50;
  let found = [], start = 0, changed = () => {};

  // --- the filters ------------------------------------------------------------------------------------------------------
  function controls(after) {
    changed = after;
    const form = document.getElementById("controls");
    form.onsubmit = (event) => event.preventDefault();
    const held_ = held.schools ? [searchField(), areaField(), lackField(), ...held.place.filters.map(choice), learners(), clearing()] : [areaField()];
    form.replaceChildren(...held_);
  }
  const field = (label, control) => make("label", { class: "field" }, make("span", {}, label), control);
  function changing(act) { return (event) => { act(event.target); start = 0; changed(); }; }
  function searchField() {
    let timer = 0;
    const input = make("input", { type: "search", id: "search", value: state.q, oninput: (event) => { clearTimeout(timer); timer = setTimeout(changing((e) => { state.q = e.value.trim(); }), 150, event); } });
    return field(say("search"), input);
  }
  function areaField() {
    const select = make("select", { id: "area", onchange: changing((e) => { state.area = e.value; }) }, make("option", { value: "" }, say("all_areas")));
    const below = new Map();
    for (const [id, level, name, up] of held.place.areas) if (level > 0) below.set(up, [...(below.get(up) ?? []), [id, level, name]]);
    const order = new Intl.Collator(state.lang);
    const add = (up, depth) => { for (const [id, , name] of (below.get(up) ?? []).sort((a, b) => order.compare(a[2], b[2]))) { select.append(make("option", { value: id }, "  ".repeat(depth) + name)); if (depth < 6) add(id, depth + 1); } };
    const roots = held.place.areas.filter(([, level]) => level === 0).map(([id]) => id);
    for (const root of roots.length ? roots : [""]) add(root, 0);
    select.value = state.area;
    return field(say("area"), select);
  }
  function boxes(legend, values, picked, act, open) {
    const rows = values.map(([value, label, n]) => make("label", {}, make("input", { type: "checkbox", value, checked: picked.includes(value), onchange: changing((e) => act(value, e.checked)) }), " ", label, n === null ? null : make("span", { class: "quiet-number" }, " ", number(n))));
    return make("details", { class: "field", open: open || picked.length > 0 }, make("summary", {}, legend), make("fieldset", {}, make("legend", { class: "quiet" }, legend), rows));
  }
  const toggled = (list, value, on) => (on ? [...new Set([...list, value])] : list.filter((v) => v !== value));
  function lackField() {
    const values = Object.entries(FM.words().lacks).map(([item, [, , lack]]) => [item, lack, [...held.schools.lacks[item]].filter((l) => l === "y").length]);
    return boxes(say("lacking"), values, state.lacks, (item, on) => { state.lacks = toggled(state.lacks, item, on); }, true);
  }
  function choice([name, kind, allowed]) {
    const counts = new Map();
    for (let r = 0; r < held.schools.n; r++) { const v = of(name, r) ?? "unknown"; counts.set(v, (counts.get(v) ?? 0) + 1); }
    const values = [...(kind === "yesno" ? ["yes", "no"] : allowed), "unknown"].filter((v) => counts.has(v)).map((v) => [v, v === "unknown" ? say("not_reported") : coded(name, v), counts.get(v)]);
    return boxes(FM.words().fields[name][0], values, state.among[name] ?? [], (value, on) => {
      const left = toggled(state.among[name] ?? [], value, on);
      if (left.length) state.among[name] = left; else delete state.among[name];
    });
  }
  function learners() {
    const bound = (key, label) => field(label, make("input", { type: "number", min: 0, step: 1, inputmode: "numeric", value: state[key].num_students ?? "", onchange: changing((e) => { if (e.value === "") delete state[key].num_students; else state[key].num_students = Number(e.value); }) }));
    return make("fieldset", { class: "field pair" }, make("legend", {}, say("learners")), bound("min", say("at_least")), bound("max", say("at_most")));
  }
  function clearing() {
    return make("button", { type: "button", id: "clear", onclick: () => { Object.assign(state, { area: "", q: "", among: {}, min: {}, max: {}, lacks: [] }); start = 0; controls(changed); changed(); } }, say("clear"));
  }

  // --- the list -----------------------------------------------------------------------------------------------------------
  function list(rows) {
    found = rows;
    if (start >= found.length) start = 0;
    const box = document.getElementById("list");
    const head = make("p", { class: "finding", role: "status", id: "count" }, say("of", { n: number(found.length), all: number(held.schools.n) }));
    const body = found.length ? [table(), pager()] : [make("p", { class: "empty" }, say("none"))];
    box.replaceChildren(head, actions(), ...body);
  }
  function actions() {
    const order = make("select", { id: "sort", onchange: changing((e) => { state.desc = e.value.startsWith("-"); state.sort = e.value.replace("-", ""); }) },
      ["priority_rank", "school_name", "-num_students", "data_confidence"].map((k) => make("option", { value: k }, say(`order_${k.replace("-", "")}`))));
    order.value = (state.desc ? "-" : "") + state.sort;
    return make("div", { class: "actions" }, make("label", {}, say("sort"), " ", order),
      make("button", { type: "button", id: "csv", class: "primary", onclick: download, disabled: !found.length }, say("download")),
      make("button", { type: "button", onclick: () => window.print() }, say("print")));
  }
  const heads = ["rank", "school", "place", "lacks", "many", "why"];
  function table() {
    const rows = found.slice(start, start + EACH).map(row);
    const head = make("tr", {}, heads.map((k) => make("th", { scope: "col", class: k === "many" ? "number" : null }, say(k))));
    return make("div", { class: "wide" }, make("table", { id: "schools" }, make("caption", { class: "quiet" }, say("list")), make("thead", {}, head), make("tbody", {}, rows)));
  }
  function row(r) {
    const name = of("school_name", r) ?? of("school_id", r);
    const opening = make("button", { type: "button", class: "name", "data-id": of("school_id", r), onclick: () => FM.openSheet(r) }, make("bdi", {}, name));
    return make("tr", {}, make("td", { class: "rank" }, ranked(r)), make("th", { scope: "row" }, opening), make("td", {}, make("bdi", {}, placed(r))),
      make("td", {}, FM.lackMarks(r)), make("td", { class: "number", "data-unit": say("many").toLocaleLowerCase(state.lang) }, many(r)), make("td", {}, reasons(r).slice(0, 2).join("; ")));
  }
  function ranked(r) {
    const rank = of("priority_rank", r), [low, high] = [of("rank_low", r), of("rank_high", r)];
    if (rank === null) return make("span", { class: "verify" }, say("verify"));
    const range = low !== null && high !== null && low !== high ? make("span", { class: "range" }, say("likely", { low: number(low), high: number(high) })) : null;
    return [make("strong", {}, number(rank)), range && make("br"), range];
  }
  function placed(r) {
    const names = [4, 3, 2, 1].map((n) => { const id = of(`admin${n}_id`, r); return id === null ? null : held.place.areaOf[id]?.[2] ?? of(`admin${n}`, r); });
    return [...new Set(names.filter(Boolean))].join(", ") || say("not_reported");
  }
  function many(r) {
    const n = of("num_students", r), low = of("num_students_lower", r), high = of("num_students_upper", r);
    if (n !== null) return number(n);
    if (low === null) return say("not_reported");
    return high === null ? say("or_more", { low: number(low) }) : say("range", { low: number(low), high: number(high) });
  }
  function reasons(r) {
    const told = held[`reasons-${state.lang}`];
    return !told || told.of[r] < 0 ? [] : told.texts[told.of[r]].split("; ");
  }
  function pager() {
    const stop = Math.min(start + EACH, found.length);
    const go = (to) => () => { start = to; list(found); document.getElementById("list").focus(); };
    return make("nav", { class: "pager", "aria-label": say("list") },
      make("button", { type: "button", disabled: start === 0, onclick: go(Math.max(0, start - EACH)) }, say("earlier")),
      make("span", {}, say("page", { from: number(start + 1), to: number(stop), n: number(found.length) })),
      make("button", { type: "button", id: "next", disabled: stop >= found.length, onclick: go(start + EACH) }, say("later")));
  }

  // The file that leaves: reasons in English, as the command writes them, and the tier in its name where it is not public.
  async function download() {
    const english = await FM.load("data/reasons-en.js", "reasons-en");
    const tier = held.place.tier === "public" ? "" : `-for-${held.place.tier}-only`;
    const blob = new Blob([FM.csv(found, english)], { type: "text/csv;charset=utf-8" });
    const link = make("a", { href: URL.createObjectURL(blob), download: `${held.place.slug}-schools-${found.length}-${held.place.version.slice(0, 8)}${tier}.csv` });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }
  return { controls, list, ranked, placed, many, reasons };
})());
