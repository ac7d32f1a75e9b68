// Links to a place on another page (`/data#rejected`): the page is drawn after the address changes, so its place is waited
// for, opened where it is folded, brought into view and given the focus.
(() => {
  const goTo = (hash, tries) => {
    const id = decodeURIComponent((hash || "").slice(1));
    const there = id && document.getElementById(id);
    if (!there) { if (id && tries > 0) setTimeout(() => goTo(hash, tries - 1), 100); return; }
    if (there.tagName === "DETAILS") there.open = true;
    there.scrollIntoView({ block: "start" });
    if (!there.hasAttribute("tabindex")) there.setAttribute("tabindex", "-1");
    there.focus({ preventScroll: true });
  };

  // The split map's own module is fetched when its page is drawn.
  window.firstmile.split = () => { import("/assets/split.mjs").then((split) => split.join()); return window.dash_clientside.no_update; };

  // Saved views of a visitor of the public view: in her own browser and nowhere else. Names are text, never markup.
  const KEY = "firstmile.views", MOST = 50;
  const held = () => { try { const list = JSON.parse(window.localStorage.getItem(KEY) || "[]"); return Array.isArray(list) ? list : []; } catch { return []; } };
  const hold = (list) => { try { window.localStorage.setItem(KEY, JSON.stringify(list)); return true; } catch { return false; } };
  const own = (href) => { try { const to = new URL(href, window.location.origin); return to.origin === window.location.origin ? to.pathname + to.search : ""; } catch { return ""; } };
  function draw(list, said) {
    const place = document.getElementById("view-own");
    if (!place) return;
    place.replaceChildren(...(list.length ? list : [null]).map((one, i) => {
      const item = document.createElement("li");
      if (!one) { item.textContent = said || place.dataset.none; return item; }
      const link = document.createElement("a"), out = document.createElement("button");
      link.href = own(String(one.href)) || "/";
      link.textContent = String(one.name);
      Object.assign(out, { type: "button", className: "plain-button", textContent: place.dataset.remove });
      out.setAttribute("aria-label", `${place.dataset.remove}: ${one.name}`);
      out.addEventListener("click", () => { const left = held().filter((_, j) => j !== i); hold(left); draw(left); });
      item.append(link, " ", out);
      return item;
    }));
  }
  window.firstmile.ownViews = (clicks, name) => {
    const list = held(), text = String(name || "").trim().slice(0, 80);
    if (clicks && text) {
      const next = [{ name: text, href: window.location.pathname + window.location.search }, ...list.filter((one) => one.name !== text)].slice(0, MOST);
      draw(hold(next) ? next : list, document.getElementById("view-own")?.dataset.full);
    } else draw(list);
    return window.dash_clientside.no_update;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href*='#']");
    if (link && new URL(link.href).pathname !== window.location.pathname) goTo(new URL(link.href).hash, 80);
  });
  if (window.location.hash) goTo(window.location.hash, 80);
})();
