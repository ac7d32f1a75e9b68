// The map without eyes or pointer: while it has the keyboard a cross marks its middle, what lies there is said after each
// move, and Enter chooses it. Fetched when a map is first focused.
const { say, written } = window.firstmile;
const AFTER = 350; // ms without a move before it is said: held keys would talk over themselves

// `found(at)`: what `under` finds at a place of the screen; `words(found)`: its lines as text; `choose(at)`: as a click there.
export function read(map, { found, words, choose, inView }) {
  const frame = map.getContainer(), canvas = map.getCanvas();
  const said = frame.appendChild(document.createElement("div"));
  said.className = "map-said";
  said.setAttribute("role", "status");
  const cross = frame.appendChild(document.createElement("div"));
  cross.className = "map-cross";
  cross.setAttribute("aria-hidden", "true");
  const middle = () => { const point = map.project(map.getCenter()); return { point, lngLat: map.getCenter() }; };
  let waiting;
  const tell = () => {
    const here = found(middle());
    const what = here ? say("In the middle: {what}. Enter chooses it.", { what: words(here).join(", ") }) : say("Nothing is in the middle of the map.");
    const { schools, areas } = inView();
    const count = schools === null ? say("Areas in view: {n}.", { n: written(areas) }) : say("Schools in view: {n}.", { n: written(schools) });
    said.textContent = `${what} ${count}`;
  };
  const soon = () => { clearTimeout(waiting); if (document.activeElement === canvas) waiting = setTimeout(tell, AFTER); };
  canvas.addEventListener("focus", soon);
  map.on("moveend", soon);
  map.on("idle", () => { if (!said.textContent) soon(); });
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    choose(middle());
  });
  soon();
}
