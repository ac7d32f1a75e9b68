// A packed country: data arrive as scripts that call FM.add; columns are read by row; the filters are those of `firstmile export --view`.
"use strict";
window.FM = (() => {
  const held = {}, waiting = new Map(), loading = new Map();
  const state = { area: "", q: "", among: {}, min: {}, max: {}, lacks: [], sort: "priority_rank", desc: false, show: "", lang: "" };

  // Kinds that come in several files are kept by their number or language.
  function add(kind, content) {
    const key = kind === "sheets" ? `sheets-${content.k}` : kind === "areas" ? `areas-${content.level}` : content?.code ? `${kind}-${content.code}` : kind;
    held[key] = content;
  }

  function load(file, key) {
    if (key && held[key]) return Promise.resolve(held[key]);
    if (!loading.has(file)) {
      loading.set(file, new Promise((done, failed) => {
        const element = document.createElement("script");
        element.src = file;
        element.onload = () => done(key ? held[key] : undefined);
        element.onerror = () => { loading.delete(file); failed(new Error(file)); };
        document.head.append(element);
      }));
    }
    return loading.get(file);
  }

  // --- columns: b yes/no letters, i and f numbers, d texts and places in them, s texts, c one value ---------------------
  function value(column, row) {
    if (!column) return null;
    if (column.t === "c") return column.v;
    if (column.t === "d") return column.i[row] < 0 ? null : column.v[column.i[row]];
    if (column.t === "b") { const letter = column.a[row]; return letter === "-" ? null : letter === "y" ? "yes" : "no"; }
    return column.a[row];
  }
  const of = (name, row) => value(held.schools.columns[name], row);

  // --- the filters ------------------------------------------------------------------------------------------------------
  const MARKS = /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]/g;
  const LETTERS = { "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "’": "'", "‘": "'", "ʼ": "'" };
  // The same folding as geodata/text.py: case, accents and spaces away. ß is what Python's casefold makes of it.
  function fold(text) {
    const bare = text.toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ").normalize("NFKD").replace(MARKS, "");
    return bare.normalize("NFC").replace(/[øłđðħıæœþ’‘ʼ]/g, (c) => LETTERS[c]).replace(/\s+/g, " ").trim();
  }
  let lines = null;
  function line(row) {
    lines ??= Array(held.schools.n);
    return lines[row] ??= ["school_name", "school_id", "school_id_govt", "school_id_giga"].map((c) => of(c, row)).filter((t) => t !== null).map(fold).join("\n");
  }

  function tests() {
    const found = [], { columns, lacks } = held.schools, wanted = fold(state.q);
    if (state.area) { const level = held.place.levelOf[state.area]; if (level) { const c = columns[`admin${level}_id`]; found.push((r) => value(c, r) === state.area); } }
    for (const [name, values] of Object.entries(state.among)) { const c = columns[name], some = new Set(values); found.push((r) => some.has(value(c, r) ?? "unknown")); }
    for (const item of state.lacks) { const letters = lacks[item]; found.push((r) => letters[r] === "y"); }
    for (const [name, least] of Object.entries(state.min)) { const c = columns[name]; found.push((r) => { const v = value(c, r); return v !== null && v >= least; }); }
    for (const [name, most] of Object.entries(state.max)) { const c = columns[name]; found.push((r) => { const v = value(c, r); return v !== null && v <= most; }); }
    if (wanted) found.push((r) => line(r).includes(wanted));
    return found;
  }

  // Rows that match, in order. The data stand in the order of the priority list, so that order costs nothing.
  function rows() {
    const all = tests(), out = [];
    for (let r = 0; r < held.schools.n; r++) if (all.every((test) => test(r))) out.push(r);
    return state.sort === "priority_rank" ? out : ordered(out);
  }
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  function ordered(found) {
    const text = state.sort === "school_name", sign = state.desc ? -1 : 1;
    const keys = new Map(found.map((r) => { const v = of(state.sort, r); return [r, v === null ? null : text ? plain(v) : v]; }));
    return found.sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (x === null || y === null) return x === y ? compare(of("school_id", a), of("school_id", b)) : x === null ? 1 : -1;
      return sign * compare(x, y) || compare(of("school_id", a), of("school_id", b));
    });
  }

  // --- the address: the same words as the dashboard's and the command's ---------------------------------------------------
  const quoted = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase()).replaceAll("%20", "+").replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":");
  const sorted = (object) => Object.entries(object).sort(([a], [b]) => compare(a, b));
  // The least value that is past a cut: the cut itself, or the next number above it.
  function least(item) {
    const [cut, inclusive] = held.place.cuts[item];
    if (inclusive) return cut;
    const box = new DataView(new ArrayBuffer(8));
    box.setFloat64(0, cut);
    box.setBigInt64(0, box.getBigInt64(0) + 1n);
    return cut === 0 ? Number.MIN_VALUE : box.getFloat64(0);
  }
  const said = (number) => (Math.abs(number) < 1e-4 && number !== 0 ? number.toExponential().replace(/e-(\d)$/, "e-0$1") : String(number));
  function query() {
    const pairs = [];
    if (state.area) pairs.push(["area", state.area]);
    for (const [name, values] of sorted(state.among)) pairs.push([name, [...values].sort().join(",")]);
    const lows = { ...state.min, ...Object.fromEntries(state.lacks.map((item) => [item, least(item)])) };
    for (const [name, v] of sorted(lows)) pairs.push([`min.${name}`, said(v)]);
    for (const [name, v] of sorted(state.max)) pairs.push([`max.${name}`, said(v)]);
    if (state.q) pairs.push(["q", state.q]);
    if (state.sort !== "priority_rank" || state.desc) pairs.push(["sort", (state.desc ? "-" : "") + state.sort]);
    return pairs.map(([k, v]) => `${quoted(k)}=${quoted(v)}`).join("&");
  }
  function remember() {
    const more = [state.show && `show=${quoted(state.show)}`, state.lang && `lang=${state.lang}`].filter(Boolean);
    history.replaceState(null, "", "#" + [query(), ...more].filter(Boolean).join("&"));
  }
  function recall() {
    for (const [key, text] of new URLSearchParams(location.hash.slice(1))) {
      if (["area", "q", "show", "lang"].includes(key)) state[key] = text;
      else if (key === "sort") { state.desc = text.startsWith("-"); state.sort = text.replace(/^-/, ""); }
      else if (key.startsWith("min.item_")) { if (held.place.cuts?.[key.slice(4)]) state.lacks.push(key.slice(4)); }
      else if (key === "min.num_students" || key === "max.num_students") { const n = Number(text); if (Number.isFinite(n)) state[key.slice(0, 3)].num_students = n; }
      else if (held.place.filters?.some(([name]) => name === key)) state.among[key] = text.split(",");
    }
    if (!Object.hasOwn(held.place.levelOf, state.area)) state.area = "";
    if (!["priority_rank", "school_name", "num_students", "data_confidence"].includes(state.sort)) { state.sort = "priority_rank"; state.desc = false; }
  }

  // --- CSV: byte for byte what `firstmile export` writes with the same columns ---------------------------------------------
  const FORMULA = /^(?:[\t\r]|[\s\x00-\x20\u200b-\u200f\u2060\ufeff\x85\xa0]*[=+\-@\uff1d\uff0b\uff0d\uff20])/;
  const safe = (text) => (FORMULA.test(text) && !/^[+-]?\d+(?:\.\d+)?$/.test(text) ? "'" + text : text);
  function decimal(number) {
    if (Number.isInteger(number) && Math.abs(number) < 1e16) return Object.is(number, -0) ? "-0.0" : `${number}.0`;
    return said(number);
  }
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  function written(name, row, reasons) {
    if (name === "priority_reasons") return reasons.of[row] < 0 ? "" : safe(reasons.texts[reasons.of[row]]);
    const column = held.schools.columns[name], v = value(column, row);
    if (v === null) return "";
    if (column.t === "i") return String(v);
    if (column.t === "f") return decimal(v);
    return typeof v === "number" ? String(v) : column.t === "b" ? v : safe(v);
  }
  function csv(found, reasons) {
    const { columns, passport } = held.place.file, constant = Object.keys(passport);
    const same = constant.map((k) => cell(safe(k === "view" ? query() : passport[k]))).join(",");
    const head = [...columns, ...constant].map(cell).join(",");
    return [head, ...found.map((r) => [...columns.map((c) => cell(written(c, r, reasons))), same].join(","))].join("\r\n") + "\r\n";
  }

  return { add, held, load, value, of, state, rows, query, remember, recall, csv, fold };
})();
