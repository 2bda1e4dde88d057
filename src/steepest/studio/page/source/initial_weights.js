// Initial weights: signals and gradients of a deep network by layer, before and after training.

import { choiceWithOptions } from "./choice_with_options.js";
import {
  button,
  choiceControl,
  group,
  numberControl,
  seedControl,
  textControl,
} from "./controls.js";
import { element, say } from "./dom.js";
import { gridMap } from "./grid_map.js";
import { describeHistograms, drawHistograms } from "./histogram.js";
import { latestOnly } from "./latest.js";
import { describeCurves, drawChart, rowsOfCurves } from "./line_chart.js";
import { percent, shortNumber } from "./numbers.js";
import { createPicture } from "./picture.js";
import { same } from "./store.js";

const DATA = ["moons", "circles", "spirals", "blobs", "digits", "normal"];
const NORMAL = (stddev) => ({ name: "RandomNormal", options: { stddev } });
const PRESETS = [
  ["zero", { name: "Zeros", options: {} }],
  ["too small", NORMAL(0.01)],
  ["too large", NORMAL(1)],
  ["Glorot", { name: "GlorotNormal", options: {} }],
  ["He", { name: "HeNormal", options: {} }],
  ["LeCun", { name: "LecunNormal", options: {} }],
  ["orthogonal", { name: "Orthogonal", options: {} }],
];
const SENT = ["data", "rows", "widths", "activation", "initializer", "optimizer", "steps", "seed"];

/** The view. */
export const initialWeightsView = {
  name: "initial_weights",
  title: "Initial weights",
  keys: [],
  initial: () => ({
    data: "moons",
    rows: 300,
    widths: [32, 32, 32, 32, 32],
    activation: "tanh",
    initializer: { name: "GlorotNormal", options: {} },
    optimizer: { name: "SGD", options: { learning_rate: 0.1 } },
    steps: 0,
    seed: 0,
  }),
  mount: mountInitialWeights,
};

function mountInitialWeights(context) {
  const { state, theme, hello } = context;
  const get = () => state.get();
  const colors = () => theme.get().colors;
  const live = { frame: null };
  const facts = element("p", { class: "fact", role: "status", "data-id": "facts" });
  const pictures = picturesOf(live, get, colors);
  const controls = controlsOf({ state, catalogue: hello.catalogue });

  const fetchLayers = latestOnly(
    (given) => context.ask("layers", given),
    (frame) => {
      live.frame = frame;
      context.clear(...SENT);
      show();
      context.announce(facts.textContent);
    },
    context.failed,
  );

  function show() {
    if (live.frame) say(facts, factsOf(live.frame, get()));
    pictures.map.element.hidden = !live.frame?.arrays.map;
    pictures.loss.element.hidden = !live.frame?.arrays.losses.length;
    for (const picture of Object.values(pictures)) picture.redraw();
  }

  const unwatch = theme.subscribe(show);
  return {
    element: element(
      "div",
      { class: "initial-weights" },
      element("div", { class: "side" }, controls.element),
      element(
        "div",
        { class: "main-column" },
        facts,
        pictures.activations.element,
        pictures.gradients.element,
      ),
      element(
        "div",
        { class: "main-column" },
        pictures.sizes.element,
        pictures.map.element,
        pictures.loss.element,
      ),
    ),
    update(now, before) {
      controls.update(now);
      if (!before || SENT.some((name) => !same(now[name], before[name]))) fetchLayers(sentOf(now));
      show();
    },
    python: () => ({ with: sentOf(get()) }),
    close: unwatch,
  };
}

function sentOf(state) {
  return Object.fromEntries(SENT.map((name) => [name, state[name]]));
}

function factsOf({ data, arrays }, { steps }) {
  const [first, last] = [arrays.deviations[0], arrays.deviations.at(-1)];
  const when = steps ? `after ${steps} steps` : "before training";
  return (
    `Signals ${when}: standard deviation ${shortNumber(first, 3)} in the first layer and ` +
    `${shortNumber(last, 3)} in the last; accuracy ${percent(data.accuracy)}.`
  );
}

function histogramRows({ frame }, name, colors) {
  if (!frame) return [];
  const { arrays, data, shapes } = frame;
  const bins = shapes[name][1];
  const deviations = name === "gradients" ? arrays.gradient_deviations : arrays.deviations;
  return data.names.map((layer, place) => {
    const zeros = arrays.zeros[place];
    const note =
      `deviation ${shortNumber(deviations[place], 3)}` +
      (name === "activations" && zeros > 0.01 ? `, ${percent(zeros)} zeros` : "");
    return {
      name: layer,
      note,
      mean: name === "gradients" ? 0 : arrays.means[place],
      deviation: deviations[place],
      expected: name === "activations" ? arrays.expected[place] : null,
      color: colors.series[name === "gradients" ? 1 : 0],
      counts: arrays[name].subarray(place * bins, (place + 1) * bins),
      edges: arrays[`${name}_edges`].subarray(place * (bins + 1), (place + 1) * (bins + 1)),
    };
  });
}

function sizeCurves({ frame }, colors) {
  if (!frame) return [];
  const places = Float32Array.from(frame.data.names, (_, index) => index + 1);
  const curve = (name, index, values, dash) => ({
    name,
    color: colors.series[index],
    shape: index,
    values,
    places,
    dash,
  });
  return [
    curve("activations", 0, frame.arrays.deviations),
    curve("activations by theory", 7, frame.arrays.expected, [4, 3]),
    curve("gradients", 1, frame.arrays.gradient_deviations),
  ];
}

function picturesOf(live, get, colors) {
  const histograms = (title, name, xLabel) => {
    const rows = () => histogramRows(live, name, colors());
    return createPicture({
      title,
      file: `initial_${name}`,
      height: () =>
        60 +
        Math.min(90, Math.max(46, 560 / Math.max(1, rows().length))) * Math.max(1, rows().length),
      draw: (pen, size) => drawHistograms(pen, size, { rows: rows(), colors: colors(), xLabel }),
      describe: () => describeHistograms(title, rows()),
      rows: () => ({
        head: ["layer", "from", "to", "share"],
        body: rows().flatMap((row) =>
          [...row.counts].map((count, bin) => [
            row.name,
            row.edges[bin],
            row.edges[bin + 1],
            count,
          ]),
        ),
      }),
    });
  };
  const chart = (title, file, curves, words) =>
    createPicture({
      title,
      file,
      height: (width) => Math.max(200, Math.min(width * 0.55, 320)),
      draw: (pen, size) => drawChart(pen, size, { curves: curves(), colors: colors(), ...words }),
      describe: () => describeCurves(title, curves()),
      rows: () => rowsOfCurves(curves(), words.xLabel),
    });
  const losses = () => {
    const values = live.frame?.arrays.losses ?? [];
    return values.length ? [{ name: "loss", color: colors().series[0], shape: 0, values }] : [];
  };
  return {
    activations: histograms(
      "Activations by layer",
      "activations",
      "activation (dashed: one standard deviation by theory)",
    ),
    gradients: histograms(
      "Gradients by layer",
      "gradients",
      "derivative of the loss by the activation",
    ),
    sizes: chart("Standard deviation by layer", "initial_sizes", () => sizeCurves(live, colors()), {
      log: true,
      xLabel: "layer",
      yLabel: "standard deviation",
    }),
    map: gridMap({
      title: "Output",
      file: "initial_output",
      content: () => mapContent(live.frame, colors()),
      describe: () =>
        `Output of the network, ${live.frame ? percent(live.frame.data.accuracy) : "no"} accuracy.`,
      rows: () => rowsOfMap(live.frame),
    }),
    loss: chart("Loss", "initial_loss", losses, {
      log: false,
      xLabel: "step",
      yLabel: "loss",
      least: 0,
    }),
  };
}

function mapContent(frame, colors) {
  if (!frame?.arrays.map) return { x: [-1, 1], y: [-1, 1], colors };
  const { map, x, y } = frame.arrays;
  const { classes } = frame.data;
  return {
    grid: classes > 2 ? map : map.map((value) => 255 * value),
    side: frame.shapes.map[0],
    classes,
    kinds: classes,
    points: x,
    labels: y,
    x: frame.data.x,
    y: frame.data.y,
    colors,
  };
}

function rowsOfMap(frame) {
  const map = frame?.arrays.map;
  if (!map) return { head: ["x", "y", "output"], body: [] };
  const side = frame.shapes.map[0];
  const at = ([low, high], place) => low + ((high - low) * place) / (side - 1);
  const grid = [...map].map((value, index) => [
    at(frame.data.x, index % side),
    at(frame.data.y, Math.floor(index / side)),
    value,
  ]);
  return { head: ["x", "y", "output"], body: grid };
}

function controlsOf({ state, catalogue }) {
  const get = () => state.get();
  const set = (patch) => state.set(patch);
  const known = new Set(catalogue.initializer.map(({ name }) => name));
  const presets = element(
    "div",
    { class: "row", role: "group", "aria-label": "usual choices" },
    PRESETS.filter(([, { name }]) => known.has(name)).map(([label, initializer]) =>
      button(label, () => set({ initializer }), { class: "tool", "data-id": `preset-${label}` }),
    ),
  );
  const choose = (kind, label, leading) =>
    choiceWithOptions({
      catalogue,
      kind,
      label,
      field: kind,
      leading,
      value: get()[kind],
      change: (value) => set({ [kind]: value }),
    });
  const initializer = choose("initializer", "Initial weights", ["stddev"]);
  const optimizer = choose("optimizer", "Optimizer", ["learning_rate"]);
  const data = choiceControl({
    label: "Data",
    field: "data",
    options: DATA,
    value: get().data,
    change: (value) => set({ data: value }),
  });
  const activation = choiceControl({
    label: "Activation",
    field: "activation",
    options: catalogue.activation.map(({ name }) => name),
    value: get().activation,
    change: (value) => set({ activation: value }),
  });
  const widths = textControl({
    label: "Units of the hidden layers",
    field: "widths",
    explain: "Numbers with commas between them.",
    value: get().widths.join(", "),
    change(text) {
      const values = text
        .split(/[,;\s]+/)
        .filter(Boolean)
        .map(Number);
      if (values.length && values.every((each) => Number.isInteger(each) && each > 0))
        set({ widths: values });
      else widths.wrong("whole numbers with commas between them were expected");
    },
  });
  const steps = numberControl({
    label: "Steps of training",
    field: "steps",
    low: 0,
    high: 1000,
    whole: true,
    value: get().steps,
    explain: "0 shows the network before training.",
    change: (value) => set({ steps: value }),
  });
  const seed = seedControl(get().seed, (value) => set({ seed: value }));
  return {
    element: element(
      "div",
      { class: "side" },
      group("Initial weights", {}, presets, initializer.element, seed.element),
      group("Network", {}, data.element, widths.element, activation.element),
      group("Training", {}, steps.element, optimizer.element),
    ),
    update(now) {
      initializer.set(now.initializer);
      optimizer.set(now.optimizer);
      data.set(now.data);
      activation.set(now.activation);
      widths.set(now.widths.join(", "));
      steps.set(now.steps);
      seed.set(now.seed);
    },
  };
}
