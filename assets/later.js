// What a first visit does not need is fetched when it is first drawn: the grid's script (a third of a megabyte, on the
// pages with a list alone), and of the charts' library only the part with bars, lines and points.
(() => {
  const { createElement, lazy, Suspense } = window.React;
  const source = "/_dash-component-suites/dash_ag_grid/dash_ag_grid.min.js";

  let fetching;
  const fetched = () => fetching ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => {
      const real = window.dash_ag_grid;
      // Dash looks the component up anew with every drawing: it must find the same one, or the grid would start again.
      window.dash_ag_grid = Object.create(real, { AgGrid: { value: AgGrid, enumerable: true } });
      resolve({ default: real.AgGrid });
    };
    script.onerror = () => reject(new Error("the list could not be fetched"));
    document.head.append(script);
  });
  const Fetched = lazy(fetched);
  const AgGrid = (props) => createElement(Suspense, { fallback: null }, createElement(Fetched, props));
  // Who asks for a grid before its script is there gets it once both are.
  const getApiAsync = (id) => fetched().then(() => window.dash_ag_grid.getApiAsync(id));
  window.dash_ag_grid = { AgGrid, getApi: () => undefined, getApiAsync };

  const charts = "/parts/plotly.js-basic-dist-min/plotly-basic.min.js";
  Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => charts, set: () => {} });
})();
