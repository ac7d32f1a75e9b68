/* The ranked list: cells with shapes and words, and the address kept in step with the grid's order and filters. */
(function () {
  "use strict";
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const make = (kind, props, ...children) => window.React.createElement(kind, props, ...children);
  const SHAPES = { lacks: "■", has: "●", unknown: "○", unused: "–" };
  const say = (text, values) => window.firstmile.say(text, values);
  const said = { lacks: () => say("lacks"), has: () => say("does not lack"), unknown: () => say("not reported"), unused: () => say("not used: no data anywhere") };
  // Keys of the address that change what is around the list, not its rows.
  const AROUND = ["show", "school", "at", "layers", "compare", "tab", "lang", "budget", "terms"];
  const NUMBERS = { num_students: "num_students", lacks_count: "lacks_count", data_confidence: "data_confidence" };

  /* Where the list stood when a school was opened from it: back again, it stands there, with that school marked. */
  const LEFT = "firstmile-list-left";
  function leave(api, id) {
    const row = api.getRowNode(id);
    try {
      window.sessionStorage.setItem(LEFT, JSON.stringify({ rows: rowsOf(window.location.search), id: id, top: api.getVerticalPixelRange().top, height: row ? row.rowHeight : 1 }));
    } catch (error) { /* a browser that keeps nothing opens the list at its top */ }
  }
  function rowsOf(search) {
    const address = new URLSearchParams(search || "");
    AROUND.forEach((key) => address.delete(key));
    return readable(address);
  }
  async function comeBack(api) {
    let left = null;
    try {
      left = JSON.parse(window.sessionStorage.getItem(LEFT));
      window.sessionStorage.removeItem(LEFT);
    } catch (error) { return; }
    if (!left || left.rows !== rowsOf(window.location.search)) return;
    const index = Math.round(left.top / left.height);
    for (let i = 0; i < 100 && api.getDisplayedRowCount() <= index + 1 && !api.isDestroyed(); i++) await new Promise((done) => setTimeout(done, 50));
    if (api.isDestroyed()) return;
    api.ensureIndexVisible(Math.min(index, Math.max(api.getDisplayedRowCount() - 1, 0)), "top");
    for (let i = 0; i < 100 && !api.isDestroyed(); i++) {
      const link = [...document.querySelectorAll("#list-grid .fm-school-link")].find((one) => new URL(one.href).searchParams.get("school") === left.id);
      if (link) {
        link.closest(".ag-row").classList.add("fm-row-lit");
        link.focus({ preventScroll: true });
        return;
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  function openSchool(event, id, api) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    leave(api, id);
    event.preventDefault();
    event.stopPropagation();
    const search = new URLSearchParams(window.location.search);
    search.set("school", id);
    window.dash_clientside.set_props("url", { pathname: "/school", search: "?" + readable(search) });
  }

  function readable(search) {
    return search.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  }

  function schoolHref(id) {
    const search = new URLSearchParams(window.location.search);
    search.set("school", id);
    return "/school?" + readable(search);
  }

  /* The band of a rank first, where it lies in the whole list, then whom it is tied with; the bare rank last. A row whose
     weights were just changed shows its rank at once, and its band when it is computed. */
  let sure = { key: "", bands: {} };
  const bandOf = (data) => data && (data.band || (data.sure === sure.key ? sure.bands[data.school_id] : undefined));
  const percent = (share) => (100 * share).toFixed(2) + "%";

  cells.FirstMileRank = function (props) {
    if (!props.data) return null;
    const rank = props.data.priority_rank;
    const band = bandOf(props.data);
    if (rank === "–") return make("span", { title: say("In the verify first list, without a rank") }, "–");
    const beside = band && band.outside ? say(", outside") : band && band.tied ? say(", {n} tied", { n: window.firstmile.written(band.tied) }) : "";
    const bare = make("small", null, say("rank"), " ", make("span", { className: "fm-rank" }, rank), beside);
    if (!band || !band.said) return make("div", { className: "fm-band", title: say("How sure this rank is, is being computed") }, make("span", { className: "fm-band-said" }, rank), make("div", { className: "fm-band-line" }), make("small", null, say("how sure: …")));
    return make(
      "div",
      { className: "fm-band", title: say("Rank {rank}.", { rank }) + " " + band.full },
      make("span", { className: "fm-band-said" }, band.said),
      make(
        "div",
        { className: "fm-band-line", "aria-hidden": "true" },
        make("span", { className: "fm-band-range", style: { insetInlineStart: percent(band.low), width: percent(band.high - band.low) } }),
        make("span", { className: "fm-band-middle", style: { insetInlineStart: percent(band.median) } })
      ),
      bare
    );
  };
  functions.firstmileOpens = (params) => Boolean((bandOf(params.data) || {}).first);

  cells.FirstMileSchool = function (props) {
    if (!props.data) return make("span", { className: "fm-soft" }, "…");
    const id = props.data.school_id;
    return make(
      "div",
      { className: "fm-cell" },
      make("a", { href: schoolHref(id), onClick: (event) => openSchool(event, id, props.api), className: "fm-school-link", title: props.data.school_name }, props.data.school_name),
      make(
        "div",
        { className: "fm-soft fm-small", title: props.data.place },
        props.data.said_status ? make("span", { className: "fm-out" }, props.data.said_status, " · ") : null,
        props.data.place
      )
    );
  };

  /* The group with its arithmetic: "Group A", "lacks 5 of 7"; what is not reported is a ring among the marks, and said here. */
  cells.FirstMileTier = function (props) {
    if (!props.data) return null;
    const [lacks, ...more] = String(props.data.said_lacks).split(", ");
    return make(
      "div",
      { className: "fm-cell", title: props.data.said_lacks },
      make("div", null, make("strong", { className: "fm-tier fm-tier-" + props.data.tier_kind }, props.data.said_tier)),
      make("div", { className: "fm-small fm-lacks" }, lacks, more.length ? make("span", { className: "fm-hidden" }, ", " + more.join(", ")) : null)
    );
  };

  /* One mark a thing, each under its word in the head: down a column one sees who lacks it. */
  cells.FirstMileLacks = function (props) {
    if (!props.data) return null;
    return make(
      "ul",
      { className: "fm-matrix", "aria-label": say("What the school lacks") },
      ...(props.data.marks || []).map(([label, state]) =>
        make(
          "li",
          { key: label, className: "fm-mark fm-mark-" + state, title: label + ": " + said[state]() },
          make("span", { className: "fm-dot fm-dot-" + state, "aria-hidden": "true" }),
          make("span", { className: "fm-hidden" }, label + ": " + said[state]())
        )
      )
    );
  };

  cells.FirstMileReasons = function (props) {
    if (!props.data) return null;
    return make("div", { className: "fm-cell fm-reasons", title: props.data.reasons }, ...String(props.data.reasons || "").split("; ").map((reason) => make("div", { key: reason }, reason)));
  };

  cells.FirstMileThings = function (props) {
    return make(
      "span",
      { className: "fm-things", role: "img", "aria-label": say("What it lacks: {things}", { things: (props.things || []).join(", ") }) },
      ...(props.things || []).map((thing) => make("span", { key: thing, className: "fm-thing" }, make("span", null, thing)))
    );
  };

  /* Hovering a row, or moving to it by keyboard, lights the school on the map. */
  const light = (place) => window.firstmile && window.firstmile.light("prioritise-map", place || null);
  functions.firstmileOver = (params) => light(params.data && params.data.at);
  functions.firstmileBack = (params) => comeBack(params.api);
  functions.firstmileOut = () => light(null);
  functions.firstmileFocus = (params) => {
    const node = params.api.getDisplayedRowAtIndex(params.rowIndex);
    if (node && node.data) light(node.data.at);
  };

  function wanted(search) {
    const model = {};
    for (const [column, key] of Object.entries(NUMBERS)) {
      const low = search.get("min." + key);
      const high = search.get("max." + key);
      if (low !== null && high !== null) model[column] = { filterType: "number", type: "inRange", filter: Number(low), filterTo: Number(high) };
      else if (low !== null) model[column] = { filterType: "number", type: "greaterThanOrEqual", filter: Number(low) };
      else if (high !== null) model[column] = { filterType: "number", type: "lessThanOrEqual", filter: Number(high) };
    }
    if (search.get("q")) model.school_name = { filterType: "text", type: "contains", filter: search.get("q") };
    return model;
  }

  const same = (a, b) => JSON.stringify(Object.entries(a || {}).sort()) === JSON.stringify(Object.entries(b || {}).sort());
  let shown = null;

  const list = (window.firstmileList = window.firstmileList || {});

  /* The address changed: give the grid its order and filters, or ask for its rows again. */
  list.follow = async function (search, grid) {
    const api = await window.dash_ag_grid.getApiAsync(grid);
    const address = new URLSearchParams(search || "");
    const order = address.get("sort") || "priority_rank";
    const column = order.replace(/^-/, "");
    const direction = order.startsWith("-") ? "desc" : "asc";
    const filters = wanted(address);
    if (api.getColumn("survey_value")) api.setColumnsVisible(["survey_value"], column === "survey_value" || address.get("list") === "verify_first");
    const now = api.getColumnState().find((state) => state.sort);
    const known = api.getColumn(column);
    const rows = rowsOf(search);
    const before = shown;
    shown = rows;
    if (before !== rows) askAgain(api, rows);
    if (!same(api.getFilterModel(), filters)) api.setFilterModel(filters);
    else if (known && (!now || now.colId !== column || now.sort !== direction))
      api.applyColumnState({ state: [{ colId: column, sort: direction }], defaultState: { sort: null } });
    else if (before !== null && before !== rows) api.purgeInfiniteCache();
    return window.dash_clientside.no_update;
  };

  /* The answer after an empty list can be lost: the grid's wrapper hands it on with a timer that its own next drawing clears,
     and the grid waits for ever. Rows that do not come are asked for anew, each time after a longer wait. */
  async function askAgain(api, rows) {
    for (let wait = 2500; wait < 30000; wait *= 2) {
      await new Promise((done) => setTimeout(done, wait));
      if (api.isDestroyed() || shown !== rows) return;
      const first = api.getDisplayedRowAtIndex(0);
      if (first && first.data) return;
      if (first) api.purgeInfiniteCache();
    }
  }

  /* Bands of rows whose weights were changed arrive after the rows. */
  list.sure = async function (found, grid) {
    if (!found) return window.dash_clientside.no_update;
    sure = { key: found.key, bands: found.key === sure.key ? { ...sure.bands, ...found.bands } : found.bands };
    const api = await window.dash_ag_grid.getApiAsync(grid);
    api.refreshCells({ force: true });
    return window.dash_clientside.no_update;
  };

  /* Bands drawn in the background are there: the rows on the screen ask for theirs. */
  let drawing = false;
  list.drawn = async function (over, grid) {
    if (over && drawing) (await window.dash_ag_grid.getApiAsync(grid)).refreshInfiniteCache();
    drawing = !over;
    return window.dash_clientside.no_update;
  };

  /* A school under the pointer on the map, or picked there: its row is marked, and a picked one comes into view. */
  list.light = async function (event, grid) {
    const api = await window.dash_ag_grid.getApiAsync(grid);
    document.querySelectorAll(".fm-row-lit").forEach((row) => row.classList.remove("fm-row-lit"));
    if (!event || event.kind === "area") return window.dash_clientside.no_update;
    const node = api.getRowNode(event.id);
    if (!node || !node.data) return window.dash_clientside.no_update;
    if (event.kind === "school") api.ensureIndexVisible(node.rowIndex, "middle");
    window.setTimeout(() => document.querySelectorAll(`.ag-row[row-index="${node.rowIndex}"]`).forEach((row) => row.classList.add("fm-row-lit")), 60);
    return window.dash_clientside.no_update;
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { firstmileList: list });
})();
