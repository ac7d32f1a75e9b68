/* The Methods page: searching its entries, and going to the one that the address names. */
(() => {
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    firstmileMethods: {
      find: (asked) => {
        const words = fold(asked || "").split(/\s+/).filter(Boolean);
        const entries = [...document.querySelectorAll(".fm-methods .fm-find")];
        let kept = 0;
        for (const entry of entries) {
          const text = fold(entry.textContent);
          const fits = words.every((word) => text.includes(word));
          entry.hidden = !fits;
          kept += fits;
        }
        return words.length ? window.firstmile.say("{kept} of {all} entries hold this", { kept, all: entries.length }) : "";
      },
      goTo: (hash) => {
        const id = decodeURIComponent((hash || "").slice(1));
        const there = id && document.getElementById(id);
        if (there) {
          if (there.tagName === "DETAILS") there.open = true;
          requestAnimationFrame(() => {
            there.scrollIntoView({ block: "start" });
            if (!there.hasAttribute("tabindex")) there.setAttribute("tabindex", "-1");
            there.focus({ preventScroll: true });
          });
        }
        return window.dash_clientside.no_update;
      },
    },
  });
})();
