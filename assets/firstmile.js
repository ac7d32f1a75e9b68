// The bridge between Dash and what runs in the browser alone. The map is a module of its own (map.mjs), a third of a
// megabyte: it is fetched when a page first draws a map, and calls made before that wait for it.
(() => {
  let arrive, fetched;
  const ready = new Promise((resolve) => { arrive = resolve; });
  const fetchMap = () => { fetched ??= import("/assets/map.mjs"); };
  const onMap = (name) => (...values) => { fetchMap(); ready.then((map) => map[name](...values)); return window.dash_clientside.no_update; };
  if (["/explore", "/prioritise"].includes(window.location.pathname)) fetchMap();  // while the page itself is still on its way

  async function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }

  // What the scripts say, in the language of the page: the server writes the translations beside the switch.
  let words;
  const say = (text, values = {}) => {
    words ??= JSON.parse(document.getElementById("tongue")?.dataset.words || "null") ?? undefined;
    return (words?.[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  };
  const written = (number) => Number(number).toLocaleString(`${document.documentElement.lang || "en"}-u-nu-latn`, { useGrouping: "always" });

  // A drawer that closes leaves the keyboard where it was before, also one that was open when it was drawn.
  let outside;
  document.addEventListener("focusin", (event) => { if (event.target !== document.body && !event.target.closest("[role=dialog]")) outside = event.target; });
  let open = false;
  new MutationObserver(() => {
    const now = Boolean(document.querySelector("[role=dialog]"));
    if (open && !now && document.activeElement === document.body && outside?.isConnected) outside.focus();
    open = now;
  }).observe(document.documentElement, { childList: true, subtree: true });

  // A place for files is a button beside a field that nobody sees: the button is the stop of the keyboard, the field has its name.
  new MutationObserver(() => {
    for (const field of document.querySelectorAll("input[type=file]:not([aria-label])")) {
      const button = field.parentElement.querySelector("button");
      if (!button) continue;
      field.setAttribute("aria-label", button.textContent);
      field.tabIndex = -1;
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  // Another language is the same address, in that language; the menu closes when it is left.
  const menu = () => document.getElementById("tongue");
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-lang]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const query = new URLSearchParams(window.location.search);
      query.set("lang", link.dataset.lang);
      window.location.assign(`${window.location.pathname}?${query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}${window.location.hash}`);
    } else if (menu()?.open && !event.target.closest?.("#tongue")) menu().open = false;
  });
  document.addEventListener("focusin", (event) => { if (menu()?.open && !event.target.closest?.("#tongue")) menu().open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu()?.open) return;
    menu().open = false;
    menu().querySelector("summary").focus();
  });

  window.firstmile = {
    arrive,
    say,
    written,
    show: onMap("show"),
    light: onMap("light"),
    share: async () => {
      try {
        await copy(window.location.href);
        return say("Link copied");
      } catch {
        return say("Copy the address from the browser’s address line");
      }
    },
  };

  // On a small screen the choices are a sheet: the same button's class says whether it opens or closes; Escape closes.
  const sheet = (open) => document.querySelector(".explore")?.classList.toggle("sheet-shown", open);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-sheet]");
    if (!button) return;
    const open = button.classList.contains("sheet-open");
    sheet(open);
    document.querySelector(open ? ".sheet-close" : ".sheet-open")?.focus();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") sheet(false); });

  // The search asks the server, which knows names without accents; what it answers is shown as it is.
  const functions = (window.dashMantineFunctions = window.dashMantineFunctions || {});
  functions.showAll = ({ options }) => options;
})();
