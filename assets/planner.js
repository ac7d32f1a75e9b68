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
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href*='#']");
    if (link && new URL(link.href).pathname !== window.location.pathname) goTo(new URL(link.href).hash, 80);
  });
  if (window.location.hash) goTo(window.location.hash, 80);
})();
