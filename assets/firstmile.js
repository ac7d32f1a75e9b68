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

  window.firstmile = {
    arrive,
    show: onMap("show"),
    light: onMap("light"),
    share: async () => {
      try {
        await copy(window.location.href);
        return "Link copied";
      } catch {
        return "Copy the address from the browser’s address line";
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
