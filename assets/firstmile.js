// The bridge between Dash and what runs in the browser alone. The map arrives later, as a module (map.mjs): calls made
// before that wait for it.
(() => {
  let arrive;
  const ready = new Promise((resolve) => { arrive = resolve; });
  const onMap = (name) => (...values) => { ready.then((map) => map[name](...values)); return window.dash_clientside.no_update; };

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

  // The search asks the server, which knows names without accents; what it answers is shown as it is.
  const functions = (window.dashMantineFunctions = window.dashMantineFunctions || {});
  functions.showAll = ({ options }) => options;
})();
