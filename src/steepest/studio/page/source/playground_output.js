// What the network of the playground says: map, curves, confusion.

import { tickControl } from "./controls.js";
import { element, refill, say } from "./dom.js";
import { gridMap } from "./grid_map.js";
import { describeCurves, drawChart, rowsOfCurves } from "./line_chart.js";
import { percent, shortNumber } from "./numbers.js";
import { createPicture } from "./picture.js";
import { MOST_PAINTED, kindOfData } from "./playground_data.js";

const EDGE = 6;

/**
 * The pictures. `live` holds the newest frames.
 * @param {{live: any, get: () => any, set: (patch: any) => void, colors: () => any, brush: any}} given
 * @returns {any}
 */
export function playgroundOutput({ live, get, set, colors, brush }) {
  const map = gridMap({
    title: "Output",
    file: "playground",
    content: () => contentOf(live, get(), colors()),
    describe: () => describeOutput(live),
    rows: () => rowsOfPoints(live),
  });
  const other = gridMap({
    title: "Compared",
    file: "playground_compared",
    content: () => contentOf(live, get(), colors(), "other_"),
    describe: () => describeOutput(live, live.progress?.data.other ?? null),
    rows: () => rowsOfPoints(live),
  });
  other.element.dataset.id = "other-map";
  const words = element("p", { class: "explained", "data-id": "points-words", role: "status" });
  const curves = () => lossCurves(live, colors());
  const chart = createPicture({
    title: "Loss",
    file: "playground_loss",
    height: (width) => Math.max(200, Math.min(width * 0.55, 320)),
    draw: (pen, size) =>
      drawChart(pen, size, {
        curves: curves(),
        log: get().log,
        xLabel: "epoch",
        yLabel: get().log ? "loss (logarithmic)" : "loss",
        least: get().log ? undefined : 0,
        colors: colors(),
        marks: live.progress?.data.marks,
      }),
    describe: () => describeCurves("Loss", curves()),
    rows: () => rowsOfCurves(curves(), "epoch"),
  });
  const log = tickControl({
    label: "logarithmic loss",
    compact: true,
    value: get().log,
    change: (value) => set({ log: value }),
  });
  const confusion = element("div", {
    class: "confusion",
    "data-part": "confusion",
    "data-id": "confusion",
  });
  painting({ map, get, set, brush });
  let shown = "";

  function redraw() {
    map.redraw();
    other.element.hidden = !(get().other && live.map && "other_map" in live.map.arrays);
    other.redraw();
    chart.redraw();
    say(words, wordsOfPoints(live, get().data));
    const text = JSON.stringify(live.progress?.data.scores.test?.confusion ?? null);
    if (text !== shown) {
      shown = text;
      refill(confusion, confusionTable(live));
    }
  }

  return {
    element: element(
      "div",
      { class: "outputs" },
      element("div", { class: "maps" }, map.element, other.element),
      words,
      chart.element,
      log.element,
      confusion,
    ),
    redraw,
    look(column, unit) {
      const isHidden = column && column <= get().layers.length;
      const feature = column === 0 && live.points?.data.features[unit];
      const name = isHidden ? `Layer ${column}, unit ${unit + 1}` : "Output";
      map.rename(feature ? `Feature ${feature}` : name);
      map.redraw();
    },
    names: () => namesOf(live),
    unitMaps: () => unitMaps(live),
    summary: () => describeOutput(live),
    update(now) {
      log.set(now.log);
      redraw();
    },
  };
}

function namesOf({ state }) {
  const { classes = 2, names = [] } = state?.data ?? {};
  return classes > 2
    ? Array.from({ length: classes }, (_, index) => names[index] ?? `class ${index}`)
    : ["value"];
}

/** What a map shows; `start` is that of the names of the arrays of its network. */
function contentOf(live, state, colors, start = "") {
  const { classes = 2, columns = ["x", "y"], spans = [] } = live.state?.data ?? {};
  const looked = start ? null : lookedAt(live);
  const arrays = live.map?.arrays ?? {};
  const map = arrays[`${start}map`];
  const many = classes > 2 && !looked && `${start}classes` in arrays;
  const shown =
    looked ??
    (map
      ? {
          grid: many ? arrays[`${start}classes`] : map,
          side: live.map.shapes[`${start}map`][0],
          confidence: many ? map : undefined,
        }
      : {});
  const [x, y] = [0, 1].map((axis) => [-EDGE, EDGE].map((edge) => inUnits(edge, spans[axis])));
  return {
    x,
    y,
    xLabel: columns[0],
    yLabel: columns[1],
    colors,
    steps: state.steps,
    showTest: state.showTest,
    ...shown,
    classes: many ? classes : 2,
    ...dataPoints(live.points, state, spans),
  };
}

/** A place in the plane, where columns of a table go from -5 to 5, in the units of the column. */
function inUnits(place, span) {
  return span ? span[0] + ((place + 5) / 10) * (span[1] - span[0]) : place;
}

function dataPoints(frame, state, spans) {
  if (!frame) return {};
  const { arrays } = frame;
  const count = arrays.y_train.length;
  const more = state.showTest ? arrays.y_test.length : 0;
  const points = new Float64Array(2 * (count + more));
  points.set(arrays.x_train);
  if (more) points.set(arrays.x_test, 2 * count);
  if (spans.length)
    points.forEach((place, index) => {
      points[index] = inUnits(place, spans[index % 2]);
    });
  const labels = [...arrays.y_train, ...(more ? arrays.y_test : [])];
  return {
    points,
    labels,
    kinds: frame.data.classes,
    isTest: new Uint8Array(count + more).fill(1, count),
  };
}

/** The map of the unit under the pointer or the focus. */
function lookedAt(live) {
  const [column, unit] = live.looked;
  if (!live.units || column === null) return null;
  const map = unitMaps(live)[0][column]?.[unit];
  return map ? { grid: map.values, side: map.side } : null;
}

/** The small maps by column and unit, and the weights between columns. */
function unitMaps({ units, map, points }) {
  const maps = [small(points, "features")];
  const weights = [];
  if (!units) return [maps, weights];
  const [count, side] = units.shapes.units;
  let next = 0;
  for (let place = 1; `kernel_${place}` in units.arrays; place += 1) {
    weights.push({ values: units.arrays[`kernel_${place}`] });
    const own = units.shapes[`kernel_${place}`][1];
    const column = [];
    for (
      let unit = 0;
      unit < own && next < count && `kernel_${place + 1}` in units.arrays;
      unit += 1, next += 1
    ) {
      column.push({
        side,
        values: units.arrays.units.subarray(next * side * side, (next + 1) * side * side),
      });
    }
    maps.push(column);
  }
  if (map)
    maps[maps.length - 1] =
      "classes" in map.arrays
        ? small(map, "class_maps")
        : [{ side: map.shapes.map[0], values: map.arrays.map }];
  return [maps, weights];
}

/** The maps in an array of a frame, one behind the other. */
function small(frame, name) {
  if (!frame) return [];
  const [count, side] = frame.shapes[name];
  const of = (index) => frame.arrays[name].subarray(index * side * side, (index + 1) * side * side);
  return Array.from({ length: count }, (_, index) => ({ side, values: of(index) }));
}

function wordsOfPoints({ points }, data) {
  if (!points) return "";
  const { rows, words } = points.data;
  const drawn = points.arrays.y_train.length + points.arrays.y_test.length;
  const number = (count) => count.toLocaleString("en");
  const { classes, names } = points.data;
  const name = (index) => names[index] ?? `class ${index}`;
  const colors = { 0: "blue: −1, orange: 1", 2: `blue: ${name(0)}, orange: ${name(1)}; pale: unsure` };
  return [
    colors[classes] ?? "pale: unsure",
    drawn < rows ? `${number(drawn)} of ${number(rows)} points are drawn; all are learned` : "",
    words,
    (data.rows?.length ?? 0) >= MOST_PAINTED
      ? `${number(MOST_PAINTED)} points are the most that can be painted`
      : "",
  ]
    .filter(Boolean)
    .join("; ");
}

function lossCurves({ progress }, colors) {
  if (!progress) return [];
  const { arrays } = progress;
  const curve = (name, index, places, values, dash) => ({
    name,
    color: colors.series[index],
    shape: index,
    places,
    values,
    dash,
  });
  return [
    curve("training", 0, arrays.epochs, arrays.train),
    curve("test", 1, arrays.test_epochs, arrays.test, [7, 4]),
    curve("compared, training", 3, arrays.other_epochs, arrays.other_train, [2, 3]),
    curve("compared, test", 2, arrays.other_test_epochs, arrays.other_test, [10, 3, 2, 3]),
  ].filter(({ values }) => values?.length);
}

function describeOutput({ progress, state }, data = progress?.data) {
  if (!data) return "The output of the network is not computed yet.";
  const { epoch, train_loss: train, test_loss: test, scores } = data;
  const parts = [
    `Output after ${epoch} epochs`,
    state?.data.classes ? `${state.data.classes} classes` : "values",
  ];
  for (const [name, loss] of [
    ["training", train],
    ["test", test],
  ]) {
    if (loss !== null && loss !== undefined) parts.push(`${name} loss ${shortNumber(loss, 3)}`);
    const accuracy = scores[name === "test" ? "test" : "train"]?.accuracy;
    if (accuracy !== undefined && accuracy !== null)
      parts.push(`${name} accuracy ${percent(accuracy)}`);
  }
  return `${parts.join(", ")}.`;
}

function rowsOfPoints({ points }) {
  const head = ["x", "y", "target", "part"];
  if (!points) return { head, body: [] };
  const rows = (places, labels, part) =>
    [...labels].map((label, index) => [places[2 * index], places[2 * index + 1], label, part]);
  const { x_train: x, y_train: y, x_test: xTest, y_test: yTest } = points.arrays;
  return { head, body: [...rows(x, y, "training"), ...rows(xTest, yTest, "test")] };
}

function confusionTable({ progress, state }) {
  const counts = progress?.data.scores.test?.confusion;
  if (!counts) return null;
  const names = counts.map((_, index) => state?.data.names?.[index] ?? `class ${index}`);
  return element(
    "table",
    {},
    element("caption", {}, "Test points: rows are the true classes, columns the predictions"),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("td"),
        names.map((name) => element("th", { scope: "col" }, name)),
      ),
    ),
    element(
      "tbody",
      {},
      counts.map((row, place) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, names[place]),
          row.map((count, index) =>
            element(
              "td",
              { class: index === place ? "right" : count ? "mistaken" : "" },
              String(count),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Points are painted on the map while the data are painted ones. */
function painting({ map, get, set, brush }) {
  let held = null;
  let last = 0;
  const isOn = () => kindOfData(get().data) === "painted";
  function put(event) {
    const scales = map.scales();
    const box = map.stage.getBoundingClientRect();
    const [x, y] = [
      scales.x.back(event.clientX - box.left),
      scales.y.back(event.clientY - box.top),
    ];
    if (Math.abs(x) > EDGE || Math.abs(y) > EDGE) return;
    if (get().data.rows.length >= MOST_PAINTED) return;
    last = event.timeStamp;
    set({
      data: {
        ...get().data,
        rows: [...get().data.rows, [Number(x.toFixed(2)), Number(y.toFixed(2)), brush.label]],
      },
    });
  }
  map.stage.addEventListener("pointerdown", (event) => {
    if (!isOn() || event.button !== 0) return;
    held = event.pointerId;
    map.stage.setPointerCapture(held);
    put(event);
  });
  map.stage.addEventListener("pointermove", (event) => {
    if (event.pointerId === held && event.timeStamp - last > 60) put(event);
  });
  for (const end of ["pointerup", "pointercancel"])
    map.stage.addEventListener(end, () => {
      held = null;
    });
}
