// My training: the curves of runs as they grow, their layers, and what the doctor found.

import { button, choiceControl, group, numberControl, tickControl } from "./controls.js";
import { download, element, refill } from "./dom.js";
import { latestOnly } from "./latest.js";
import { describeCurves } from "./line_chart.js";
import { shortNumber } from "./numbers.js";
import { createPicture } from "./picture.js";
import { same } from "./store.js";
import { findingsOf } from "./training_findings.js";
import { ownTrainings } from "./training_own.js";
import { baseOf, curvesDrawing, curvesOf, kindOf, layersDrawing } from "./training_pictures.js";

const MOST_SHOWN = 8;
const LOOK_AGAIN = 3000;

/** The view. */
export const training = {
  name: "training",
  title: "My training",
  keys: [],
  initial: () => ({ runs: null, metric: "loss", log: false, epochs: null, kind: "weights" }),
  mount: mountTraining,
};

function mountTraining(context) {
  const { state, theme } = context;
  const get = () => state.get();
  const known = { runs: [], curves: null, layers: null, findings: [], changeable: [] };
  const colors = () => theme.get().colors;
  const list = element("div", { class: "run-list", role: "group", "aria-label": "runs" });
  const empty = element(
    "div",
    { class: "group", hidden: true },
    element("p", {}, "No run is here yet. A training writes one if it has this callback:"),
    element(
      "pre",
      { class: "code", tabindex: 0, "aria-label": "Python code" },
      'model.fit(x, y, callbacks=[st.studio.Watch("runs")])',
    ),
    element("p", {}, "Start the studio with the folder: steepest studio runs"),
  );
  const findings = element("div", {
    class: "findings",
    role: "group",
    "aria-label": "findings",
    "data-part": "findings",
  });
  const chart = createPicture(curvesDrawing(known, get, colors));
  const layers = createPicture(layersDrawing(known, get, colors));
  const metric = element("div");
  const log = tickControl({
    label: "logarithmic",
    compact: true,
    value: get().log,
    change: (value) => state.set({ log: value }),
  });
  const layerControls = element("div", { class: "row layer-controls" });
  let offered = "";

  const fetchRuns = latestOnly(
    () => context.ask("runs", {}),
    (frame) => {
      known.runs = frame.data.runs;
      empty.hidden = known.runs.length > 0;
      report.disabled = !known.runs.length;
      known.changeable = frame.data.own.changeable;
      own.show(frame.data.own);
      showFindings();
      if (get().runs === null && known.runs.length)
        state.set({ runs: known.runs.slice(-3).map(({ name }) => name) });
      showRuns();
    },
    context.failed,
  );
  const openRuns = latestOnly(
    (runs) => context.ask("open", { runs }),
    (frame) => take(frame),
    (error) => {
      if (error.field?.startsWith("runs.")) state.set({ runs: null });
      context.failed(error);
    },
  );
  const timer = setInterval(() => fetchRuns(null), LOOK_AGAIN);
  const own = ownTrainings({
    start: (values) => begin("train", values),
    stop: () => context.ask("stop", {}).catch(context.failed),
  });
  const report = button("Save a report", saveReport, {
    title: "save curves, histograms and findings of these runs as one file of HTML",
  });

  /** Begins a training of the studio's own, and shows it beside the others. */
  async function begin(act, values) {
    try {
      const { run } = (await context.ask(act, values)).data;
      state.set({ runs: [...(get().runs ?? []), run].slice(-MOST_SHOWN) });
      fetchRuns(null);
    } catch (error) {
      context.failed(error);
    }
  }

  async function saveReport() {
    try {
      const { name, html } = (await context.ask("report", { runs: get().runs ?? [] })).data;
      download(name, new Blob([html], { type: "text/html" }));
    } catch (error) {
      context.failed(error);
    }
  }

  function showFindings() {
    const text = JSON.stringify([known.findings, known.changeable, colors()]);
    if (findings.shown === text) return;
    findings.shown = text;
    const train = (run) =>
      known.changeable.includes(run) ? (verdicts) => begin("apply", { run, verdicts }) : null;
    refill(findings, findingsOf(known.findings, { root: context.root, colors: colors(), train }));
  }

  function take(frame) {
    if (frame.kind === "curves") {
      known.curves = frame;
      for (const run of frame.data.runs)
        known.runs = known.runs.map((old) => (old.name === run.name ? run : old));
      showRuns();
      showMetrics();
      chart.redraw();
      context.announce(describeCurves("Curves", curvesOf(known, get(), colors()).slice(0, 4)));
    } else if (frame.kind === "layers") {
      known.layers = frame;
      showLayerControls();
      layers.redraw();
    } else if (frame.kind === "finding") {
      known.findings = frame.data.runs;
      showFindings();
    }
  }

  function showRuns() {
    const chosen = get().runs ?? [];
    const text = JSON.stringify([known.runs, chosen]);
    if (text === offered) return;
    offered = text;
    refill(
      list,
      known.runs.map((run) => {
        const place = chosen.indexOf(run.name);
        const input = element("input", {
          type: "checkbox",
          "aria-label": `show ${run.name}`,
          disabled: run.state === "unreadable" || (place < 0 && chosen.length >= MOST_SHOWN),
        });
        input.checked = place >= 0;
        input.addEventListener("change", () =>
          state.set({
            runs: input.checked
              ? [...chosen, run.name]
              : chosen.filter((name) => name !== run.name),
            epochs: null,
          }),
        );
        const name = element("span", { class: "run-name" }, run.name);
        if (place >= 0) name.style.color = colors().series[place % colors().series.length];
        return element(
          "label",
          { class: "run" },
          input,
          name,
          element("span", { class: "run-facts" }, factsOf(run)),
        );
      }),
    );
  }

  function showMetrics() {
    const names = [...new Set(known.curves.data.curves.map((curve) => baseOf(curve.metric)))];
    if (same(metric.names, names)) return;
    metric.names = names;
    refill(
      metric,
      choiceControl({
        label: "Curve",
        options: names,
        value: get().metric,
        change: (value) => state.set({ metric: value }),
        compact: true,
      }).element,
    );
  }

  function showLayerControls() {
    const { epochs } = known.layers.arrays;
    const kinds = [...new Set(known.layers.data.names.map(kindOf))];
    const text = JSON.stringify([[...epochs], kinds]);
    if (layerControls.shown === text) return;
    layerControls.shown = text;
    const last = epochs[epochs.length - 1] ?? 0;
    refill(
      layerControls,
      choiceControl({
        label: "Of each layer",
        options: kinds,
        value: get().kind,
        compact: true,
        change: (kind) => state.set({ kind }),
      }).element,
      epochs.length > 1
        ? numberControl({
            label: "after epochs",
            low: epochs[0],
            high: last,
            whole: true,
            compact: true,
            value: get().epochs ?? last,
            change: (value) => state.set({ epochs: value >= last ? null : value }),
          }).element
        : null,
    );
  }

  const unwatch = theme.subscribe(() => {
    offered = "";
    showRuns();
    showFindings();
    chart.redraw();
    layers.redraw();
  });

  return {
    element: element(
      "div",
      { class: "training" },
      element(
        "div",
        { class: "side" },
        group("Runs", { "data-part": "runs" }, list),
        metric,
        log.element,
        element("p", { class: "row" }, report),
        own.element,
      ),
      element("div", { class: "main-picture" }, empty, chart.element, findings),
      element("div", { class: "second-picture" }, layers.element, layerControls),
    ),
    update(now, before) {
      if (!before) fetchRuns(null);
      if (now.runs && !same(now.runs, before?.runs)) openRuns(now.runs);
      log.set(now.log);
      showRuns();
      chart.redraw();
      layers.redraw();
    },
    pushed: take,
    close() {
      clearInterval(timer);
      unwatch();
    },
  };
}

function factsOf(run) {
  if (run.state === "unreadable") return run.message;
  const loss = run.last?.loss === undefined ? "" : `, loss ${shortNumber(run.last.loss, 3)}`;
  const planned = run.planned ? ` of ${run.planned}` : "";
  return `${run.state}, ${run.epochs}${planned} epochs${loss}`;
}
