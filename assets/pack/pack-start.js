// What happens when the page is opened: the country, the language, the schools, then the map, which may come later.
"use strict";
(async () => {
  const { held, state, make, say } = FM;
  const element = (id) => document.getElementById(id);
  const place = held.place;
  if (!place) { element("status").textContent = "data/place.js is missing. Copy the whole folder again."; return; }
  place.areaOf = Object.fromEntries(place.areas.map((a) => [a[0], a]));
  place.levelOf = Object.fromEntries(place.areas.map(([id, level]) => [id, level]));
  FM.recall();
  FM.markTexts = () => [place.synthetic ? FM.words().notices[0] : "", place.tier === "public" ? "" : say(`tier_${place.tier}`)].filter(Boolean);

  function language() {
    const known = place.languages.map(([code]) => code);
    let kept = "";
    try { kept = localStorage.getItem("first-mile-language") ?? ""; } catch { kept = ""; }
    const wished = [state.lang, kept, ...(navigator.languages ?? []).map((tag) => tag.slice(0, 2)), place.language, "en"];
    return wished.find((code) => known.includes(code)) ?? "en";
  }
  async function speak(code) {
    await FM.load(`data/words-${code}.js`, `words-${code}`);
    if (held.place.kind !== "areas") await FM.load(`data/reasons-${code}.js`, `reasons-${code}`);
    state.lang = code;
    document.documentElement.lang = code;
    document.documentElement.dir = FM.words().direction;
    for (const one of document.querySelectorAll("[data-say]")) one.textContent = say(one.dataset.say);
    element("marks").replaceChildren(...FM.markTexts().map((text) => make("span", { class: "chip" }, text)));
    element("secret").hidden = place.tier === "public";
    element("secret").textContent = place.tier === "public" ? "" : say(`tier_${place.tier}`);
    const unsure = FM.words().reviewed ? [] : [make("p", {}, say("unreviewed"))];
    element("foot").replaceChildren(...FM.words().notices.map((text) => make("p", {}, text)), ...unsure, make("p", {}, `${say("made")} · ${FM.words().facts.slice(1, 3).map((f) => f.join(": ")).join(" · ")}`));
  }
  function draw() {
    if (held.schools) { const rows = FM.rows(); FM.list(rows); FM.drawMap(rows); } else { FM.areaList(); FM.drawMap([]); }
    FM.remember();
  }
  async function change(code) {
    await speak(code);
    try { localStorage.setItem("first-mile-language", code); } catch { /* kept in the address all the same */ }
    FM.controls(draw);
    draw();
  }

  try {
    await speak(language());
    const select = element("language");
    for (const [code, name] of place.languages) select.append(make("option", { value: code, lang: code }, name));
    select.value = state.lang;
    select.onchange = () => change(select.value);
    element("about-open").onclick = FM.openAbout;
    element("status").textContent = say("wait");
    await (place.kind === "areas" ? FM.load("data/told.js", "told") : FM.load("data/schools.js", "schools"));
    if (window.matchMedia("(max-width: 760px)").matches) element("filters").open = false;
    element("main").hidden = false;
    FM.controls(draw);
    draw();
    element("status").textContent = "";
    document.documentElement.dataset.ready = "list";
    await FM.startMap(draw);
    document.documentElement.dataset.ready = "map";
  } catch (error) {
    element("status").textContent = FM.words() ? say("broken", { file: error.message }) : error.message;
    console.error(error);
  }
})();
