// My training: the curves of runs as they grow, their layers, and what the doctor found.

import { button, choiceControl, group, numberControl, tickControl } from "./controls.js";
import { copyText } from "./dialogs.js";
import { element, refill, say } from "./dom.js";
import { describeHistograms, drawHistograms } from "./histogram.js";
import { latestOnly } from "./latest.js";
import { describeCurves, drawChart, mostShown, rowsOfCurves } from "./line_chart.js";
import { shortNumber } from "./numbers.js";
import { createPicture } from "./picture.js";
import { same } from "./store.js";

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
  const known = { runs: [], curves: null, layers: null, findings: [] };
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
      refill(findings, findingsOf(known.findings));
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

function baseOf(metric) {
  return metric.replace(/^(val_|batch )/, "");
}

function kindOf(name) {
  return name.split(" of ")[0];
}

function curvesOf(known, state, colors) {
  if (!known.curves) return [];
  const { curves } = known.curves.data;
  const shown = state.runs ?? [];
  const named = curves.some(({ metric }) => baseOf(metric) === state.metric)
    ? state.metric
    : baseOf(curves[0]?.metric ?? "");
  return curves
    .map((curve, place) => ({ ...curve, place }))
    .filter(({ metric }) => baseOf(metric) === named)
    .map(({ run, metric, place }) => {
      const index = Math.max(0, shown.indexOf(run));
      return {
        name: `${run} ${metric}`,
        color: colors.series[index % colors.series.length],
        shape: index,
        dash: metric.startsWith("val_") ? [7, 4] : metric.startsWith("batch ") ? [1, 3] : undefined,
        places: known.curves.arrays[`x_${place}`],
        values: known.curves.arrays[`y_${place}`],
      };
    });
}

function curvesDrawing(known, get, colors) {
  const curves = () => curvesOf(known, get(), colors());
  return {
    title: "Curves",
    file: "training",
    height: (width) => Math.max(240, Math.min(width * 0.6, 520)),
    draw: (pen, size) =>
      drawChart(pen, size, {
        curves: curves(),
        log: get().log,
        xLabel: "epochs done",
        yLabel: get().metric + (get().log ? " (logarithmic)" : ""),
        colors: colors(),
        most: mostShown(curves(), get().log),
      }),
    describe: () => describeCurves("Curves", curves()),
    rows() {
      const all = curves();
      return all.length > 1 && all.some(({ places }) => !same([...places], [...all[0].places]))
        ? {
            head: ["curve", "epochs done", "value"],
            body: all.flatMap(({ name, places, values }) =>
              [...values].map((value, index) => [name, places[index], value]),
            ),
          }
        : rowsOfCurves(all, "epochs done");
    },
  };
}

function histogramsOf({ layers }, state, colors) {
  if (!layers) return [];
  const { epochs, facts } = layers.arrays;
  const wanted = state.epochs ?? Infinity;
  let row = epochs.length - 1;
  while (row > 0 && epochs[row] > wanted) row -= 1;
  const count = layers.data.names.length;
  return layers.data.names
    .map((name, place) => {
      const bins = layers.shapes[`counts_${place}`][1];
      const [mean, deviation, zeros, bad] = facts.slice(
        4 * (row * count + place),
        4 * (row * count + place) + 4,
      );
      const note =
        `mean ${shortNumber(mean, 3)}, deviation ${shortNumber(deviation, 3)}` +
        (zeros > 0.01 ? `, ${Math.round(100 * zeros)} % zeros` : "") +
        (bad ? `, ${bad} not finite` : "");
      return {
        name,
        mean,
        deviation,
        note,
        color: colors.series[0],
        counts: layers.arrays[`counts_${place}`].subarray(row * bins, (row + 1) * bins),
        edges: layers.arrays[`edges_${place}`].subarray(row * (bins + 1), (row + 1) * (bins + 1)),
      };
    })
    .filter(({ name }) => kindOf(name) === state.kind);
}

function layersDrawing(known, get, colors) {
  const rows = () => histogramsOf(known, get(), colors());
  return {
    title: "Layers",
    file: "layers",
    height: () => 60 + 84 * Math.max(1, rows().length),
    draw: (pen, size) =>
      drawHistograms(pen, size, { rows: rows(), colors: colors(), xLabel: "value" }),
    describe: () => describeHistograms("Layers", rows()),
    rows: () => ({
      head: ["layer", "from", "to", "count"],
      body: rows().flatMap(({ name, counts, edges }) =>
        [...counts].map((count, bin) => [name, edges[bin], edges[bin + 1], count]),
      ),
    }),
  };
}

/** Cards of findings and verdicts, those of each run together. */
function findingsOf(runs) {
  return runs.flatMap(({ name, findings, verdicts, proved, diff, faults }) => {
    const cards = [
      ...verdicts.map((verdict) => verdictCard(name, verdict, proved)),
      ...findings.map((finding) =>
        findingCard(name, finding.sentence, finding.remedy, finding.severity),
      ),
      ...faults.map((fault) => findingCard(name, fault, "", "warning")),
    ];
    return diff ? [...cards, diffCard(name, diff)] : cards;
  });
}

function findingCard(run, sentence, remedy, severity) {
  return element(
    "article",
    { class: `finding ${severity === "error" ? "severe" : ""}` },
    element("p", {}, element("strong", {}, `${run}: `), sentence),
    remedy && !sentence.includes(remedy) ? element("p", { class: "remedy" }, remedy) : null,
  );
}

function verdictCard(run, verdict, proved) {
  const facts = Object.entries(verdict.evidence ?? {}).filter(
    ([, value]) => typeof value !== "object",
  );
  return element(
    "article",
    { class: "finding" },
    element(
      "p",
      {},
      element("strong", {}, `${run}: `),
      verdict.sentence ?? verdict.title ?? verdict.rule,
    ),
    element("p", { class: "remedy" }, verdict.remedy ?? ""),
    facts.length
      ? element(
          "p",
          { class: "fact" },
          facts
            .map(
              ([name, value]) =>
                `${name.replaceAll("_", " ")} ${typeof value === "number" ? shortNumber(value) : value}`,
            )
            .join(", "),
        )
      : null,
    element(
      "p",
      { class: "fact" },
      proved ? (verdict.status ?? "") : "suspected, not proved by an experiment",
    ),
  );
}

function diffCard(run, diff) {
  const said = element("span", { role: "status", class: "copied" });
  return element(
    "article",
    { class: "finding" },
    element(
      "p",
      {},
      element("strong", {}, `${run}: `),
      "what the doctor would change in the program",
    ),
    element("pre", { class: "code", tabindex: 0, "aria-label": "change of the program" }, diff),
    element(
      "p",
      { class: "row" },
      button("Copy", async () =>
        say(said, (await copyText(diff)) ? "copied; apply it with git apply" : "select the text"),
      ),
      said,
    ),
  );
}
