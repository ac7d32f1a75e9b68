// One school: where it stands in the list and why, then every value with how it is known, its source and date.
"use strict";
Object.assign(FM, (() => {
  const { held, state, of, value, make, say, number, told, words } = FM;

  async function openSheet(row) {
    const dialog = document.getElementById("sheet");
    dialog.replaceChildren(closing(dialog), make("p", {}, say("wait")));
    if (!dialog.open) dialog.showModal();
    const k = Math.floor(row / held.place.sheet);
    try {
      const part = await FM.load(`data/sheets-${k}.js`, `sheets-${k}`);
      dialog.replaceChildren(closing(dialog), ...content(row, part, row - k * held.place.sheet));
      dialog.scrollTop = 0;
      dialog.querySelector("h2").focus();
    } catch (error) {
      dialog.replaceChildren(closing(dialog), make("p", { role: "alert" }, say("broken", { file: error.message })));
    }
  }
  const closing = (dialog) => make("div", { class: "dialog-bar" }, FM.markTexts().map((text) => make("span", { class: "chip" }, text)), make("button", { type: "button", onclick: () => window.print() }, say("print")), make("button", { type: "button", class: "close", onclick: () => dialog.close() }, say("close")));

  function content(row, part, at) {
    const rank = of("priority_rank", row), score = of("priority_score", row);
    const [low, high] = [of("rank_low", row), of("rank_high", row)];
    const line = rank === null ? say("verify") : [say("rank_of", { rank: number(rank) }), low !== null && high !== null && low !== high ? ` (${say("likely", { low: number(low), high: number(high) })})` : "", score === null ? "" : ` · ${say("score", { score: number(score, 1) })}`].join("");
    return [
      make("h2", { id: "sheet-title", tabindex: "-1" }, make("bdi", {}, of("school_name", row) ?? of("school_id", row))),
      make("p", { class: "where" }, make("bdi", {}, FM.placed(row))),
      make("p", { class: "finding" }, line),
      make("div", {}, FM.lackMarks(row, true)),
      make("ul", { class: "reasons" }, FM.reasons(row).map((text) => make("li", {}, text))),
      of("latitude", row) === null || held.place.kind !== "points" ? null : make("p", {}, make("button", { type: "button", onclick: () => { document.getElementById("sheet").close(); FM.goTo(row); } }, say("on_map"))),
      make("p", { class: "note" }, say("unknown_note")),
      make("div", { class: "wide" }, table(part, at, row)),
    ].filter(Boolean);
  }
  function table(part, at, row) {
    const head = make("tr", {}, ["what", "value", "evidence", "source", "date"].map((k) => make("th", { scope: "col" }, say(k))));
    const bodies = words().themes.map(([title, names]) => make("tbody", {}, make("tr", { class: "theme" }, make("th", { colspan: 5, scope: "colgroup" }, title)), names.map((name) => line(name, part, at))));
    return make("table", { class: "record" }, make("caption", { class: "quiet" }, say("value")), make("thead", {}, head), bodies);
  }
  function line(name, part, at) {
    const cell = (suffix = "") => value(part.columns[name + suffix], at);
    const here = cell(), unknown = here === null || here === undefined, own = `${name}_evidence` in part.columns;
    const [source, date] = unknown ? ["", ""] : own ? [cell("_source") ?? "", cell("_date") ?? ""] : held.place.fed[name] ?? ["", ""];
    const evidence = unknown && !own ? "" : own ? words().evidence[cell("_evidence") ?? "unknown"] : name in held.place.fed ? words().evidence.reported : name.startsWith("predicted_") ? words().evidence.predicted : held.place.computed.includes(name) ? words().evidence.computed : "";
    const [title, , definition] = words().fields[name];
    return make("tr", {}, make("th", { scope: "row", title: definition }, title), make("td", { class: unknown ? "unknown" : null }, make("bdi", {}, told(name, here))), make("td", {}, evidence || "–"), make("td", {}, source || "–"), make("td", {}, date || "–"));
  }

  // --- about ----------------------------------------------------------------------------------------------------------------
  function openAbout() {
    const dialog = document.getElementById("about"), place = held.place, spoken = words();
    const facts = spoken.facts.map(([name, text]) => [make("dt", {}, name), make("dd", {}, make("bdi", {}, text))]);
    const heads = ["publisher", "title", "date", "licence", "attribution"];
    const sources = make("table", { class: "record" }, make("thead", {}, make("tr", {}, heads.map((k) => make("th", { scope: "col" }, say(k))))),
      make("tbody", {}, place.sources.map((s) => make("tr", {}, heads.map((k) => make("td", {}, make("bdi", {}, s[k] || "–")))))));
    const apart = Object.keys(place.apart ?? {});
    const command = place.file ? `firstmile export ${place.slug} list.csv --tier ${place.tier} --columns ${place.file.columns.join(",")} --view "${FM.query()}"` : "";
    dialog.replaceChildren(closing(dialog), ...[
      make("h2", { id: "about-title", tabindex: "-1" }, say("about")),
      make("p", {}, say("offline")), spoken.notices.map((text) => make("p", { class: "notice" }, text)),
      make("p", {}, say("ranking")), make("p", {}, say("connection")),
      make("dl", {}, facts), make("h3", {}, say("sources")), make("div", { class: "wide" }, sources),
      apart.length ? [make("h3", {}, say("left_out")), make("p", {}, apart.map((c) => `${spoken.fields[c]?.[0] ?? c} (${place.apart[c]})`).join(", "))] : [],
      command ? [make("h3", {}, say("again")), make("p", {}, say("again_list")), make("pre", { dir: "ltr" }, command)] : [],
    ].flat());
    dialog.showModal();
  }
  return { openSheet, openAbout };
})());
