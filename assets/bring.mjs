// Bringing a file: chosen or dropped, sent in slices, so that a bad line loses one of them and not the whole file.
const { say, written } = window.firstmile;
const TRIES = 5;

async function post(address, body, type) {
  const reply = await fetch(address, { method: "POST", body, headers: { "X-First-Mile": "bring", "Content-Type": type } });
  const text = await reply.text();
  if (!reply.ok) throw Object.assign(new Error(text), { final: reply.status < 500 });
  return JSON.parse(text);
}

// One slice, again after a pause where the line broke; the server says how much it has, and that is where it goes on.
async function slice(address, piece) {
  for (let go = 1; ; go += 1) {
    try {
      return await post(address, piece, "application/octet-stream");
    } catch (error) {
      if (error.final || go === TRIES) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 800 * go); });
    }
  }
}

async function send(file, id, told) {
  const begun = await post("/bring/begin", JSON.stringify({ name: file.name, size: file.size, id }), "application/json");
  let here = 0;
  for (let idle = 0; here < file.size;) {
    told(here / file.size);
    const now = (await slice(`/bring/${begun.id}/slice?at=${here}`, file.slice(here, here + begun.slice))).here;
    idle = now === here ? idle + 1 : 0;
    if (idle > TRIES) throw new Error(say("The file stopped coming. Choose it again."));
    here = now;
  }
  return begun;
}

let count = 0;
export function mount(element) {
  if (!element || element.dataset.mounted) return;
  element.dataset.mounted = "yes";
  const picker = Object.assign(document.createElement("input"), { type: "file", id: `${element.id}-file`, className: "fm-hidden" });
  picker.accept = ".csv,.tsv,.txt,.xlsx,.xls,.ods,.geojson,.json,.gpkg,.parquet,.zip,.gz";
  picker.setAttribute("aria-label", element.dataset.label ?? say("Choose a file"));
  const button = Object.assign(document.createElement("button"), { type: "button", className: "fm-button fm-primary", textContent: say("Choose a file") });
  const hint = Object.assign(document.createElement("span"), { className: "fm-soft bring-hint", textContent: say("or drop it here") });
  const bar = Object.assign(document.createElement("progress"), { max: 1, hidden: true });
  bar.setAttribute("aria-label", say("How much of the file has come"));
  const status = Object.assign(document.createElement("p"), { className: "fm-small" });
  status.setAttribute("role", "status");
  picker.tabIndex = -1;
  element.append(button, hint, picker, bar, status);

  async function take(file) {
    if (!file || button.disabled) return;
    button.disabled = true;
    bar.hidden = false;
    status.textContent = say("{name} is coming: {size} KB", { name: file.name, size: written(Math.ceil(file.size / 1024)) });
    try {
      const came = await send(file, element.dataset.upload || undefined, (share) => { bar.value = share; });
      bar.value = 1;
      status.textContent = say("{name} is here.", { name: file.name });
      window.dash_clientside.set_props("bring-came", { data: { id: came.id, name: came.name, more: element.dataset.upload ? 1 : 0, n: ++count } });
    } catch (error) {
      status.textContent = `${error.message} `;
      bar.hidden = true;
    } finally {
      button.disabled = false;
      picker.value = "";
    }
  }

  button.addEventListener("click", () => picker.click());
  picker.addEventListener("change", () => take(picker.files[0]));
  const over = (on) => (event) => { event.preventDefault(); element.classList.toggle("bring-over", on); };
  element.addEventListener("dragover", over(true));
  element.addEventListener("dragleave", over(false));
  element.addEventListener("drop", (event) => { over(false)(event); take(event.dataTransfer.files[0]); });
}
