// The landscape: optimizers descend on a surface from a point that one drags.

import { choiceControl, group, numberControl, textControl, tickControl } from "./controls.js";
import { element, refill, say } from "./dom.js";
import { landscapeMap, resultOf } from "./landscape_map.js";
import { optimizerTable, shortResult } from "./landscape_table.js";
import { Refused } from "./frame.js";
import { latestOnly } from "./latest.js";
import { describeCurves, drawChart, mostShown, rowsOfCurves } from "./line_chart.js";
import { percent, shortNumber } from "./numbers.js";
import { createPicture } from "./picture.js";
import { createPlayer } from "./player.js";
import { pointHandle } from "./point_handle.js";
import { same } from "./store.js";

const OWN = "own expression";
const POINTS = 128;
const PARTS = 8; // of a basin map, so that paths are answered in between

function initialRows(hello) {
  const wished = [
    ["SGD", 0.05, {}],
    ["SGD", 0.05, { momentum: 0.9 }],
    ["RMSprop", 0.05, {}],
    ["Adam", 0.1, {}],
  ];
  const known = new Set(hello.catalogue.optimizer.map(({ name }) => name));
  return wished
    .filter(([name]) => known.has(name))
    .map(([name, learning_rate, options]) => ({
      name,
      on: true,
      options: { learning_rate, ...options },
    }));
}

/** The view. */
export const landscape = {
  name: "landscape",
  title: "Landscape",
  keys: [
    ["space", "play or pause the race"],
    [".", "one step"],
    ["r", "back to the start"],
  ],
  initial: (hello) => ({
    surface: "ravine",
    expression: "x^2 + 3*y^2",
    x: [-2, 2],
    y: [-2, 2],
    start: null,
    steps: 200,
    noise: 0,
    seed: 0,
    optimizers: initialRows(hello),
    basins: null,
    log: true,
    at: null,
  }),
  mount: mountLandscape,
};

function surfaceOf(state) {
  if (state.surface !== OWN) return state.surface;
  return { expression: state.expression, x: state.x, y: state.y };
}

function sentOf({ name, options }) {
  return { name, options };
}

function withPart(given, part) {
  return { ...given, sent: { ...given.sent, part } };
}

function looksOf(rows, colors) {
  const labels = rows.map(labelOf);
  return rows.map((row, index) => ({
    color: colors.series[index % colors.series.length],
    shape: index % 8,
    dash: index >= 8 ? [7, 4] : undefined,
    label:
      labels.indexOf(labels[index]) === labels.lastIndexOf(labels[index])
        ? labels[index]
        : `${index + 1}: ${labels[index]}`,
  }));
}

function labelOf({ name, options }) {
  const momentum = options.momentum ? ` with momentum ${shortNumber(options.momentum)}` : "";
  return `${name}${momentum}`;
}

function mountLandscape(context) {
  const { state, theme } = context;
  const content = {
    map: null,
    paths: null,
    basins: null,
    rows: [],
    at: null,
    colors: theme.get().colors,
    name: "",
    start: null,
  };
  const get = () => state.get();
  const startOf = () => get().start ?? content.map?.data.start ?? null;
  const on = () =>
    get()
      .optimizers.map((row, index) => ({ row, index }))
      .filter(({ row }) => row.on);

  const map = landscapeMap(content);
  const chart = createPicture(chartOf(content, get));
  const handle = pointHandle({
    overlay: map.overlay,
    stage: map.stage,
    label: "start of the paths",
    name: "start",
    scales: map.scales,
    get: () => startOf() ?? [0, 0],
    move: (point) => state.set({ start: point }),
  });
  const table = optimizerTable({
    catalogue: context.hello.catalogue,
    get: () => get().optimizers,
    set: (optimizers) => state.set({ optimizers }),
    looks: (rows) => looksOf(rows, content.colors),
  });
  const player = createPlayer({
    word: "race",
    count: () => get().steps,
    get: () => get().at,
    show: (at) => state.set({ at }),
  });
  const controls = controlsOf(context, { startOf, on });
  const limit = element("p", { class: "fact", "data-part": "limit", "data-id": "limit" });
  const ends = element("p", {
    class: "fact",
    "data-part": "basins",
    "data-id": "basins",
    hidden: true,
  });

  const fetchMap = latestOnly(
    (given) => context.ask("map", given),
    (frame) => {
      content.map = frame;
      context.clear("surface");
      controls.range(frame.data);
      say(controls.formula, frame.data.formula ? `height = ${frame.data.formula}` : "");
      map.reground();
      askPaths();
    },
    failed,
  );
  const fetchPaths = latestOnly(
    (given) => context.ask("paths", given.sent),
    (frame, given) => {
      content.paths = frame;
      content.rows = given.looks;
      content.start = given.start;
      context.clear("optimizers", "start", "steps", "noise", "seed");
      showResults(frame, given);
      redraw();
    },
    failed,
  );
  const fetchBasins = latestOnly(
    (given) => context.ask("basins", given.sent),
    (frame, given) => {
      if (given !== asked) return;
      content.basins = Object.assign(frame, { x: given.x, y: given.y });
      context.clear("optimizer");
      showEnds(frame, given.label);
      map.reground();
      if (given.sent.part < PARTS) fetchBasins((asked = withPart(given, given.sent.part + 1)));
    },
    failed,
  );
  let asked = null;

  /** An error of the surface belongs to the formula that was typed. */
  function failed(error) {
    const own = error.field === "surface" && get().surface === OWN;
    context.failed(
      own
        ? new Refused(error.message.replace("surface: expression: ", ""), "surface.expression")
        : error,
    );
  }

  function askMap() {
    content.name = get().surface === OWN ? `the expression ${get().expression}` : get().surface;
    fetchMap({ surface: surfaceOf(get()), points: POINTS });
  }

  function askPaths() {
    const start = startOf();
    if (!start) return;
    const { steps, noise, seed, optimizers } = get();
    const chosen = on();
    const looks = chosen.map(({ index }) => looksOf(optimizers, content.colors)[index]);
    fetchPaths({
      looks,
      start,
      steps,
      places: chosen.map(({ index }) => index),
      sent: {
        surface: surfaceOf(get()),
        start,
        steps,
        noise,
        seed,
        optimizers: chosen.map(({ row }) => sentOf(row)),
      },
    });
  }

  function askBasins() {
    const index = get().basins;
    const row = index === null ? null : get().optimizers[index];
    ends.hidden = !row;
    if (!row) {
      content.basins = asked = null;
      map.reground();
    } else if (content.map) {
      const { x, y } = content.map.data;
      const sent = {
        surface: surfaceOf(get()),
        optimizer: sentOf(row),
        points: 64,
        steps: get().steps,
        parts: PARTS,
      };
      fetchBasins((asked = withPart({ x, y, label: labelOf(row), sent }, 1)));
    }
  }

  function showResults(frame, given) {
    const texts = new Map();
    given.places.forEach((place, index) => texts.set(place, shortResult(resultOf(frame, index))));
    table.results(texts);
    const { limit: most } = frame.data;
    say(
      limit,
      most === null || most === undefined
        ? "No stability limit at this start: the surface curves upwards in no direction there."
        : `Stability limit at this start: gradient descent leaves it at rates above ${shortNumber(most)} (2 / largest curvature).`,
    );
    const words = given.places.map(
      (_, index) => `${given.looks[index].label}: ${resultOf(frame, index).text}`,
    );
    context.announce(words.slice(0, 4).join("; "));
  }

  function showEnds(frame, label) {
    const shares = frame.data.shares ?? [];
    const words = shares.map((share, index) => {
      const [x, y] = frame.arrays.ends.slice(2 * index, 2 * index + 2);
      return `${percent(share)} end near (${shortNumber(x, 3)}, ${shortNumber(y, 3)})`;
    });
    say(ends, `${label}, from 64 × 64 starts: ${words.join(", ") || "no common end"}.`);
  }

  function redraw() {
    content.at = get().at;
    map.redraw();
    chart.redraw();
    player.update();
  }

  function update(now, before) {
    controls.update(now);
    const changed = (...names) => names.some((name) => !same(now[name], before?.[name]));
    table.update();
    if (changed("surface") || (now.surface === OWN && changed("expression", "x", "y"))) askMap();
    else if (changed("start", "steps", "noise", "seed", "optimizers")) askPaths();
    if (
      changed("basins", "surface") ||
      (now.basins !== null && changed("optimizers", "steps", "expression"))
    )
      askBasins();
    redraw();
  }

  const unwatch = theme.subscribe((look) => {
    content.colors = look.colors;
    looksOf(get().optimizers, look.colors);
    content.rows = on().map(({ index }) => looksOf(get().optimizers, look.colors)[index]);
    table.update();
    map.reground();
    chart.redraw();
  });
  content.drawn = handle.place;

  return {
    element: element(
      "div",
      { class: "landscape" },
      element("div", { class: "side" }, controls.elements),
      element("div", { class: "main-picture" }, map.element, player.element, limit, ends),
      element("div", { class: "second-picture" }, chart.element, controls.below),
      table.element,
    ),
    update,
    keydown(event) {
      const act = { " ": player.toggle, ".": player.step, r: player.rewind }[event.key];
      if (act) act();
      return Boolean(act);
    },
    python: () => ({
      of: "paths",
      with: {
        surface: surfaceOf(get()),
        start: startOf(),
        steps: get().steps,
        noise: get().noise,
        seed: get().seed,
        optimizers: on().map(({ row }) => sentOf(row)),
      },
    }),
    close() {
      player.stop();
      unwatch();
    },
  };
}

function chartOf(content, get) {
  const curves = () => {
    if (!content.paths) return [];
    const count = content.paths.shapes.values[1];
    return content.rows.map((row, index) => ({
      name: row.label,
      color: row.color,
      shape: row.shape,
      dash: row.dash,
      values: content.paths.arrays.values.subarray(index * count, (index + 1) * count),
      last: content.at ?? undefined,
    }));
  };
  return {
    title: "Height at each step",
    file: "heights",
    height: (width) => Math.max(220, Math.min(width * 0.62, 460)),
    draw: (pen, size) =>
      drawChart(pen, size, {
        curves: curves(),
        log: get().log,
        xLabel: "step",
        yLabel: get().log ? "height (logarithmic)" : "height",
        colors: content.colors,
        cursor: content.at,
        most: mostShown(curves(), get().log),
      }),
    describe: () => describeCurves("Height at each step", curves()),
    rows: () => rowsOfCurves(curves(), "step"),
  };
}

function controlsOf(context, { startOf, on }) {
  const { state } = context;
  const get = () => state.get();
  const names = [...context.hello.surfaces.map((each) => each.name ?? each), OWN];
  const surface = choiceControl({
    label: "Surface",
    field: "surface",
    part: "surface",
    explain: "What the optimizers descend on.",
    options: names,
    value: get().surface,
    change: (name) => state.set({ surface: name, start: null, at: null }),
  });
  const expression = textControl({
    label: "Height",
    field: "surface.expression",
    part: "surface",
    explain: "Of x and y, with + - * / ^ and functions such as sin, exp, sqrt, abs, log, tanh.",
    value: get().expression,
    change: (text) => state.set({ expression: text, start: null }),
  });
  const bound = (axis, place, word) =>
    numberControl({
      label: `${word} ${axis}`,
      field: `surface.${axis}`,
      compact: true,
      slider: false,
      value: get()[axis][place],
      change(value) {
        const range = [...get()[axis]];
        range[place] = value;
        if (range[0] < range[1]) state.set({ [axis]: range, start: null });
      },
    });
  const bounds = [
    bound("x", 0, "least"),
    bound("x", 1, "greatest"),
    bound("y", 0, "least"),
    bound("y", 1, "greatest"),
  ];
  const own = element(
    "div",
    { class: "own" },
    expression.element,
    element(
      "div",
      { class: "pairs" },
      bounds.map((each) => each.element),
    ),
  );
  const formula = element("p", { class: "formula", "data-id": "formula" });
  const move = (place) => (value) => {
    const point = [...(startOf() ?? [0, 0])];
    point[place] = value;
    state.set({ start: point });
  };
  const start = ["x", "y"].map((axis, place) =>
    numberControl({
      label: `Start ${axis}`,
      field: `start.${place}`,
      part: "start",
      compact: true,
      slider: false,
      value: null,
      change: move(place),
    }),
  );
  const steps = numberControl({
    label: "Steps",
    field: "steps",
    part: "steps",
    explain: "How often each optimizer moves.",
    low: 1,
    high: 2000,
    whole: true,
    log: true,
    value: get().steps,
    change: (value) => state.set({ steps: value, at: null }),
  });
  const noise = numberControl({
    label: "Noise",
    field: "noise",
    part: "noise",
    low: 0,
    high: 10,
    step: 0.05,
    explain: "Random numbers added to each gradient, as small batches do.",
    value: get().noise,
    change: (value) => state.set({ noise: value }),
  });
  const seed = numberControl({
    label: "Seed",
    field: "seed",
    part: "seed",
    low: 0,
    high: 1e6,
    whole: true,
    slider: false,
    compact: true,
    value: get().seed,
    change: (value) => state.set({ seed: value }),
  });
  const basins = element("div", { "data-part": "basins" });
  const log = tickControl({
    label: "logarithmic heights",
    compact: true,
    value: get().log,
    change: (value) => state.set({ log: value }),
  });
  let offered = null;

  return {
    formula,
    elements: [
      group("Surface", {}, surface.element, own, formula),
      group(
        "Paths",
        {},
        element(
          "div",
          { class: "pairs" },
          start.map((each) => each.element),
        ),
        steps.element,
        noise.element,
        seed.element,
      ),
      group(
        "Basins",
        { "data-part": "basins" },
        basins,
        element("p", { class: "explained" }, "Colours each start by where its path ends."),
      ),
    ],
    below: log.element,
    range: () => start.forEach((control, place) => control.set(startOf()?.[place] ?? null)),
    update(now) {
      surface.set(now.surface);
      own.hidden = now.surface !== OWN;
      expression.set(now.expression);
      bounds.forEach((control, index) => control.set(now[index < 2 ? "x" : "y"][index % 2]));
      start.forEach((control, place) => control.set(startOf()?.[place] ?? null));
      steps.set(now.steps);
      noise.set(now.noise);
      seed.set(now.seed);
      log.set(now.log);
      const choices = [
        { value: "", label: "none" },
        ...now.optimizers.map((row, index) => ({
          value: String(index),
          label: `${index + 1}: ${labelOf(row)}`,
        })),
      ];
      const wanted = JSON.stringify([choices, now.basins]);
      if (wanted !== offered) {
        offered = wanted;
        const control = choiceControl({
          label: "Map of",
          field: "optimizer",
          compact: true,
          options: choices,
          value: now.basins === null ? "" : String(now.basins),
          change: (value) => state.set({ basins: value === "" ? null : Number(value) }),
        });
        refill(basins, control.element);
      }
    },
  };
}
