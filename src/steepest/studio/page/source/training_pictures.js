// The pictures of runs: curves, and histograms of layers.

import { describeHistograms, drawHistograms } from "./histogram.js";
import { describeCurves, drawChart, mostShown, rowsOfCurves } from "./line_chart.js";
import { shortNumber } from "./numbers.js";
import { same } from "./store.js";

/**
 * The curves of the chosen metric, in the colours of their runs.
 * @param {any} known the newest frames
 * @param {any} state
 * @param {any} colors
 * @returns {any[]}
 */
export function curvesOf(known, state, colors) {
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

/**
 * The drawing of the curves.
 * @param {any} known
 * @param {() => any} get
 * @param {() => any} colors
 * @returns {any}
 */
export function curvesDrawing(known, get, colors) {
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

/**
 * The drawing of the histograms of layers.
 * @param {any} known
 * @param {() => any} get
 * @param {() => any} colors
 * @returns {any}
 */
export function layersDrawing(known, get, colors) {
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

/**
 * The metric of a curve, without val_ and batch.
 * @param {string} metric
 * @returns {string}
 */
export function baseOf(metric) {
  return metric.replace(/^(val_|batch )/, "");
}

/**
 * What a histogram is of: weights, activations or gradients.
 * @param {string} name
 * @returns {string}
 */
export function kindOf(name) {
  return name.split(" of ")[0];
}
