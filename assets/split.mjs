// The split map: the right one lies over the left and is cut at the divider; where one goes, the other follows.
// The divider is moved by pointer, by touch and by keys; left and right are those of the map, in every script.
const [LEFT, RIGHT] = ["split-a", "split-b"];
const joined = new WeakSet();

export function join() {
  const frame = document.getElementById("split-frame");
  if (!frame) return;
  if (!joined.has(frame)) { joined.add(frame); divide(frame); }
  const both = [LEFT, RIGHT].map((id) => window.firstmile.maps?.get(id)?.map);
  if (both.some((map) => !map || !frame.contains(map.getContainer()))) { setTimeout(join, 150); return; }
  if (joined.has(both[0])) return;
  joined.add(both[0]);
  follow(both[0], both[1]);
  follow(both[1], both[0]);
  both[1].jumpTo(place(both[0]));
}

const place = (map) => ({ center: map.getCenter(), zoom: map.getZoom() });
let leading = null;

function follow(map, other) {
  map.on("move", () => {
    if (leading && leading !== map) return;
    leading = map;
    other.jumpTo(place(map));
    leading = null;
  });
}

function divide(frame) {
  const divider = frame.querySelector(".split-divider");
  const put = (share) => {
    const at = Math.round(Math.max(0, Math.min(100, share)) * 10) / 10;
    frame.style.setProperty("--split", `${at}%`);
    divider.setAttribute("aria-valuenow", String(Math.round(at)));
  };
  const now = () => Number(divider.getAttribute("aria-valuenow"));
  divider.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -2, ArrowRight: 2, ArrowDown: -2, ArrowUp: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    put(now() + step);
  });
  divider.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    divider.focus();
    divider.setPointerCapture(event.pointerId);
    const move = (e) => { const box = frame.getBoundingClientRect(); put(((e.clientX - box.left) / box.width) * 100); };
    const stop = () => { divider.removeEventListener("pointermove", move); };
    divider.addEventListener("pointermove", move);
    divider.addEventListener("pointerup", stop, { once: true });
    divider.addEventListener("pointercancel", stop, { once: true });
  });
  put(50);
}
