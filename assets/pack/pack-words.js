// Words, numbers and elements in the language spoken now.
"use strict";
Object.assign(FM, (() => {
  const words = () => FM.held[`words-${FM.state.lang}`];
  const filled = (text, values = {}) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  const say = (key, values) => filled(words()?.ui[key] ?? key, values);
  function number(value, digits = 0) {
    const text = Math.abs(value).toFixed(digits).replace(/\.?0+$/, (zeros) => (zeros.includes(".") ? "" : zeros));
    const [whole, part] = text.split("."), [point, group] = words().separators;
    const sign = value < 0 ? "−" : "";
    return sign + whole.replace(/\B(?=(\d{3})+(?!\d))/g, group) + (part ? point + part : "");
  }
  const count = (key, n) => { const forms = words().plurals[key]; return filled(forms[new Intl.PluralRules(FM.state.lang).select(n)] ?? forms.other, { n: number(n) }); };
  function percent(share) {
    if (share === null || share === undefined || Number.isNaN(share)) return say("not_reported");
    const whole = Math.round(share * 100);
    const near = (whole === 0 && share > 0) || (whole === 100 && share < 1);
    return filled(words().percent, { n: near ? number(share * 100, 1) : number(whole) });
  }

  // An element from its name, attributes and children. Texts are texts: nothing that stands in the data becomes markup.
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (key === "value" || key === "checked" || key === "selected" || key === "open") element[key] = value;
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
    return element;
  }

  const coded = (name, value) => (value === null ? say("not_reported") : value === "yes" || value === "no" ? say(value) : words().codes?.[name]?.[value] ?? value);
  function told(name, value) {
    if (value === null || value === undefined || value === "") return say("not_reported");
    const [, unit] = words().fields[name] ?? ["", ""];
    if (typeof value !== "number") return coded(name, value);
    if (name === "latitude" || name === "longitude") return `${number(value, 5)}°`;
    if (/_share$|^data_confidence$/.test(name)) return percent(value);
    if (name.startsWith("predicted_")) return say("chance", { share: percent(value) });
    const text = number(value, unit === "m" || unit === "people" ? 0 : 2);
    return unit && unit !== "0 to 1" && unit !== "0 to 100" ? `${text} ${unit}` : text;
  }
  return { words, say, number, count, percent, make, coded, told, filled };
})());
