// The landscape: optimizers descend on a surface from a point that one drags.

import { button } from "./controls.js";
import { element, say } from "./dom.js";
import { Refused } from "./frame.js";
import { landscapeControls } from "./landscape_controls.js";
import { landscapeMap, resultOf } from "./landscape_map.js";
import { FIRST_PLANE, wordsOfTraining } from "./landscape_model.js";
import { OF_MODEL, OWN, initialRows, labelOf, looksOf, sentOf, surfaceOf } from "./landscape_rows.js";
import { optimizerTable, shortResult } from "./landscape_table.js";
import { latestOnly } from "./latest.js";
import { describeCurves, drawChart, mostShown, rowsOfCurves } from "./line_chart.js";
import { percent, shortNumber } from "./numbers.js";
import { createPicture } from "./picture.js";
import { createPlayer } from "./player.js";
import { pointHandle } from "./point_handle.js";
import { same } from "./store.js";

const POINTS = 128;
const COARSE = 13; // points a side of a model's loss that are shown first
const FINE = 51;
const PARTS = 8; // of a basin map and of a model's loss, so that paths are answered in between
const STARTS = { points: 64, parts: PARTS };
const STARTS_OF_MODEL = { points: 20, parts: 20 };

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
    plane: FIRST_PLANE,
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

function startsOf({ surface }) {
  return surface === OF_MODEL ? STARTS_OF_MODEL : STARTS;
}

function withPart(given, part) {
  return { ...given, sent: { ...given.sent, part } };
}

function mountLandscape(context) {
  const { state, theme } = context;
  const content = {
    map: null,
    paths: null,
    basins: null,
    training: null,
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
  const controls = landscapeControls(context, { startOf });
  const limit = element("p", { class: "fact", "data-part": "limit", "data-id": "limit" });
  const ends = element("p", {
    class: "fact",
    "data-part": "basins",
    "data-id": "basins",
    hidden: true,
  });

  const trained = element(
    "p",
    { class: "fact", "data-id": "training-words", role: "status" },
  );
  const trainedPython = button(
    "Show the Python",
    () => context.showPython({ of: "training", with: { surface: surfaceOf(get()) } }),
    { class: "tool quiet-button", "aria-label": "Show the Python: path of the training" },
  );
  const training = element("div", { hidden: true }, trained, trainedPython);

  let mapped = null;
  const fetchMap = latestOnly(
    (given) => context.ask("map", given),
    (frame, given) => {
      if (given !== mapped) return;
      const isFirst = !given.part;
      if (isFirst) showSurface(frame);
      if (isFirst || frame.data.done === 1) {
        content.map = frame;
        map.reground();
      }
      if (isFirst) askPaths();
      if (get().surface === OF_MODEL && frame.data.done < 1 + Number(isFirst)) {
        const part = (given.part ?? 0) + 1;
        fetchMap((mapped = { surface: given.surface, points: FINE, parts: PARTS, part }));
      }
    },
    failed,
  );
  const fetchTraining = latestOnly(
    (given) => context.ask("training", given),
    (frame, { surface }) => {
      if (!same(surface, surfaceOf(get()))) return;
      content.training = frame;
      training.hidden = false;
      say(trained, wordsOfTraining(frame));
      map.reground();
    },
    failed,
  );

  function showSurface(frame) {
    const { formula, note } = frame.data;
    content.map = frame;
    context.clear("surface");
    controls.range(frame.data);
    const none = frame.data.low === null ? "; no height here is a finite number" : "";
    say(controls.formula, formula ? `height = ${formula}${note ? `, on ${note}` : ""}${none}` : none);
  }

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
      showEnds(frame, given);
      map.reground();
      if (given.sent.part < given.sent.parts) fetchBasins((asked = withPart(given, given.sent.part + 1)));
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
    const { surface, expression, plane } = get();
    content.name = surface === OWN ? `the expression ${expression}` : surface;
    const isOfModel = surface === OF_MODEL;
    content.training = null;
    training.hidden = true;
    mapped = { surface: surfaceOf(get()), points: isOfModel ? COARSE : POINTS };
    fetchMap(mapped);
    if (isOfModel && plane.plane === "training") fetchTraining({ surface: mapped.surface });
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
        ...startsOf(get()),
        steps: get().steps,
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
        : `Stability limit at this start: above the rate ${shortNumber(most)} (2 / largest curvature) the steps of gradient descent grow.`,
    );
    const words = given.places.map(
      (_, index) => `${given.looks[index].label}: ${resultOf(frame, index).text}`,
    );
    context.announce(words.slice(0, 4).join("; "));
  }

  function showEnds(frame, { label, sent }) {
    const shares = frame.data.shares ?? [];
    const words = shares.map((share, index) => {
      const [x, y] = frame.arrays.ends.slice(2 * index, 2 * index + 2);
      return `${percent(share)} end near (${shortNumber(x, 3)}, ${shortNumber(y, 3)})`;
    });
    say(ends, `${label}, from ${sent.points} × ${sent.points} starts: ${words.join(", ") || "no common end"}.`);
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
    if (changed("optimizers")) table.update();
    if (
      changed("surface") ||
      (now.surface === OWN && changed("expression", "x", "y")) ||
      (now.surface === OF_MODEL && changed("plane"))
    )
      askMap();
    else if (changed("start", "steps", "noise", "seed", "optimizers")) askPaths();
    if (
      changed("basins", "surface") ||
      (now.basins !== null && changed("optimizers", "steps", "expression", "plane"))
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
      element("div", { class: "main-picture" }, map.element, player.element, training, limit, ends),
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
