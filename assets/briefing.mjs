// Briefing mode: which slide shows, by keys, buttons and swipes; budgets that were solved; full screen where there is one.
// All slides are in the page already: nothing is fetched while one speaks.

const slides = [...document.querySelectorAll(".slide")];
const body = document.body.dataset;
const rtl = document.documentElement.dir === "rtl";
const by = (id) => document.getElementById(id);
const wide = matchMedia("(min-width: 801px) and (min-height: 481px)");
const budget = by("budget");
let at = Math.max(0, slides.findIndex((one) => `#${one.id}` === location.hash));

function fit(slide) {
  // Letters shrink, a little at a time, until the slide needs no scrolling; on narrow screens it scrolls instead.
  document.documentElement.style.removeProperty("--fit");
  if (!wide.matches) return;
  const over = () => [slide, ...slide.querySelectorAll(".body, .table-place, .points, .bars")].some((one) => one.offsetParent && one.scrollHeight > one.clientHeight + 1);
  for (let size = 1; size > 0.4 && over(); size -= 0.04) document.documentElement.style.setProperty("--fit", String(size - 0.04));
}

function show(to, focus = true) {
  at = Math.min(Math.max(to, 0), slides.length - 1);
  slides.forEach((one, i) => { one.hidden = i !== at; });
  for (const one of document.querySelectorAll(".more[open]")) one.open = false;
  by("where").textContent = `${at + 1} / ${slides.length}`;
  by("before").disabled = at === 0;
  by("after").disabled = at === slides.length - 1;
  fit(slides[at]);
  history.replaceState(null, "", `${location.pathname}${location.search}#${slides[at].id}`);
  if (focus) slides[at].focus({ preventScroll: true });
}

function stop(to) {
  if (!budget) return;
  const stops = [...document.querySelectorAll(".stop")];
  const here = Math.min(Math.max(to, 0), stops.length - 1);
  const slide = budget.closest(".slide");
  stops.forEach((one, i) => {
    one.hidden = i !== here;
    const head = one.querySelector("h1");
    if (i === here) head.id = `h-${slide.id}`;
    else head.removeAttribute("id");
  });
  budget.value = String(here);
  budget.setAttribute("aria-valuetext", stops[here].dataset.budget);
  by("budget-said").textContent = stops[here].dataset.budget;
  const leave = new URL(by("leave").href);
  leave.search = stops[here].dataset.query;
  by("leave").href = leave.href;
  history.replaceState(null, "", `${location.pathname}${stops[here].dataset.query}${location.hash}`);
  fit(slides[at]);
}

function full() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

const forward = () => show(at + 1);
const back = () => show(at - 1);
const KEYS = {
  ArrowRight: rtl ? back : forward,
  ArrowLeft: rtl ? forward : back,
  PageDown: forward,
  PageUp: back,
  Home: () => show(0),
  End: () => show(slides.length - 1),
  f: full,
  F: full,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const open = document.querySelector(".more[open]");
  const inside = event.target.closest?.("button, a, summary, input, .more-place, .table-place");
  if (event.key === "Escape") {
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    else if (!document.fullscreenElement) by("leave").click();
    return;
  }
  if (event.key === " " && !inside) { event.preventDefault(); forward(); return; }
  if ((event.key === "ArrowUp" || event.key === "ArrowDown") && budget && slides[at].contains(budget) && !open && (!inside || event.target === budget)) {
    event.preventDefault();
    stop(Number(budget.value) + (event.key === "ArrowUp" ? 1 : -1));
    return;
  }
  if (open || (event.target.closest?.(".table-place") && event.key.startsWith("Page"))) return;
  if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); }
});

by("before").addEventListener("click", back);
by("after").addEventListener("click", forward);
by("full").addEventListener("click", full);
if (!document.documentElement.requestFullscreen) by("full").hidden = true;
document.addEventListener("fullscreenchange", () => {
  by("full").textContent = document.fullscreenElement ? body.leaveFull : body.full;
  fit(slides[at]);
});
budget?.addEventListener("input", () => stop(Number(budget.value)));
addEventListener("resize", () => fit(slides[at]));
addEventListener("hashchange", () => show(slides.findIndex((one) => `#${one.id}` === location.hash)));
for (const one of document.querySelectorAll(".more")) one.addEventListener("toggle", () => { if (one.open) one.querySelector(".more-place").focus(); });

let touch = null;
document.addEventListener("touchstart", (event) => {
  const one = event.touches.length === 1 && !event.target.closest("input, .more-place, .table-place") ? event.touches[0] : null;
  touch = one && { x: one.clientX, y: one.clientY };
}, { passive: true });
document.addEventListener("touchend", (event) => {
  if (!touch) return;
  const x = event.changedTouches[0].clientX - touch.x, y = event.changedTouches[0].clientY - touch.y;
  touch = null;
  if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(y)) (x < 0 !== rtl ? forward : back)();
}, { passive: true });

document.documentElement.dataset.ready = "yes";
if (budget) stop(Number(budget.value));
show(at, false);
document.fonts?.ready.then(() => fit(slides[at]));

async function solved() {
  // While budgets are being solved, asking keeps the work up; once they are, the slides are drawn anew.
  try {
    const answer = await fetch(body.state);
    if (answer.ok && (await answer.json()).done >= 1) { location.reload(); return; }
  } catch { /* the network went: the slides stay as they are, and it is asked again */ }
  setTimeout(solved, 2000);
}
if (body.waits) setTimeout(solved, 1000);
