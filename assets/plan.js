/* The list of a plan: a school opens its answer beside the list, a row lights it on the map. */
(function () {
  "use strict";
  const cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  const functions = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  const make = (kind, props, ...children) => window.React.createElement(kind, props, ...children);

  const readable = (search) => search.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  function searchOf(id) {
    const search = new URLSearchParams(window.location.search);
    search.set("school", id);
    return "?" + readable(search);
  }

  function ask(event, id) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    event.stopPropagation();
    window.dash_clientside.set_props("url", { search: searchOf(id) });
  }

  cells.FirstMilePlanSchool = function (props) {
    if (!props.data) return null;
    const { school_id: id, school_name: name, place } = props.data;
    return make(
      "div",
      { className: "fm-cell" },
      make("a", { href: "/plan" + searchOf(id), onClick: (event) => ask(event, id), className: "fm-school-link", title: window.firstmile.say("{name}: why, or why not").replace("{name}", name) }, name),
      make("div", { className: "fm-soft fm-small", title: place }, place)
    );
  };

  cells.FirstMilePlanMark = function (props) {
    if (!props.data) return null;
    const { mark, shape, decision } = props.data;
    return make("span", null, make("span", { className: "plan-mark plan-mark-" + mark, "aria-hidden": "true" }, shape), " " + decision);
  };

  cells.FirstMilePlanCost = function (props) {
    if (!props.data) return null;
    return make("div", { className: "fm-cell fm-number" }, make("div", null, props.data.cost), make("div", { className: "fm-soft fm-small" }, props.data.cost_span));
  };

  cells.FirstMilePlanWhy = function (props) {
    if (!props.data) return null;
    return make("div", { className: "fm-cell plan-reason", title: props.data.why }, make("div", null, props.data.why));
  };

  const light = (place) => window.firstmile && window.firstmile.light("plan-map", place || null);
  functions.firstmilePlanOver = (params) => light(params.data && params.data.at);
  functions.firstmilePlanOut = () => light(null);
  functions.firstmilePlanFocus = (params) => {
    const node = params.api.getDisplayedRowAtIndex(params.rowIndex);
    if (node && node.data) light(node.data.at);
  };

  const plan = {};
  let shown = null;
  /* Another plan, or other schools of it: the grid asks for its rows again, and keeps its place where only the school changed. */
  plan.again = async function (mark, which, grid) {
    const api = await window.dash_ag_grid.getApiAsync(grid);
    const parts = String(mark).split(" "); // see show.mark_of: plan, the next larger one … whether its draws are made, decisions
    const rows = parts[0] + " " + parts[1] + " " + parts[parts.length - 2] + " " + which + " " + new URLSearchParams(window.location.search).get("area");
    const waits = !api.getDisplayedRowAtIndex(0)?.data; // asked before the plan stood, and never answered
    if (waits || (shown !== null && shown !== rows)) api.purgeInfiniteCache();
    shown = rows;
    return window.dash_clientside.no_update;
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { firstmilePlan: plan });
})();
