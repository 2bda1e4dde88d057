// What a model answers over two of its inputs, with the rows.

import { choiceControl } from "./controls.js";
import { element, refill, say } from "./dom.js";
import { gridMap } from "./grid_map.js";
import { percent, shortNumber } from "./numbers.js";

/**
 * The picture with its two menus. `change` is given the two columns.
 * @param {{colors: () => any, change: (columns: number[]) => void}} given
 * @returns {any}
 */
export function modelBoundary({ colors, change }) {
  const menus = element("div", { class: "pairs" });
  const live = { frame: null, names: [], columns: [0, 1] };
  const map = gridMap({
    title: "Decision boundary",
    file: "boundary",
    ratio: 0.6,
    content: () => contentOf(live, colors()),
    describe: () => describeBoundary(live),
    rows: () => rowsOfBoundary(live),
  });
  const words = element("p", { class: "fact", "data-id": "boundary-words" });

  function showMenus() {
    const menu = (place) =>
      choiceControl({
        label: place ? "Upwards" : "Across",
        field: place ? "columns.1" : "columns",
        options: live.names.map((label, value) => ({ value: String(value), label })),
        value: String(live.columns[place]),
        change(text) {
          const next = [...live.columns];
          next[place] = Number(text);
          if (next[0] === next[1]) next[1 - place] = live.columns[place];
          change(next);
        },
      });
    return [menu(0), menu(1)];
  }

  let controls = [];
  return {
    elements: [menus, map.element, words],
    redraw: map.redraw,
    words: () => describeBoundary(live),
    describe({ columns }) {
      live.names = columns.map(({ name }) => name);
      controls = showMenus();
      refill(
        menus,
        controls.map((each) => each.element),
      );
    },
    choose(columns) {
      live.columns = columns;
      controls.forEach((each, place) => each.set(String(columns[place])));
    },
    take(frame, columns) {
      Object.assign(live, { frame, shown: columns });
      say(words, keyOf(frame, live.names.length > 2));
      map.rename(frame.shapes.classes ? "Decision boundary" : "Outputs over two inputs");
      map.redraw();
    },
  };
}

function keyOf({ data, shapes }, hasOthers) {
  const held = hasOthers ? " The other inputs are at their medians." : "";
  if (!shapes.classes)
    return `Areas are outputs and points targets, from the least (cold) to the greatest (warm).${held}`;
  const border =
    data.threshold === null
      ? ""
      : ` The line is where the output is ${shortNumber(data.threshold)}.`;
  return `Areas are the classes that the model answers, points those of the rows.${border}${held}`;
}

function contentOf({ frame, names, shown = [0, 1] }, colors) {
  if (!frame) return { x: [-1, 1], y: [-1, 1], colors };
  const { data, arrays, shapes } = frame;
  const [side, , count] = shapes.outputs;
  const place = {
    side,
    x: data.x,
    y: data.y,
    xLabel: names[shown[0]],
    yLabel: names[shown[1]],
    points: arrays.points,
    labels: arrays.labels,
    colors,
  };
  if (!arrays.classes) return { ...place, ...quantities(arrays), kinds: 0, levels: [] };
  const classes = Math.max(2, count);
  if (classes > 2) {
    const confidence = lead(arrays.outputs, count);
    return { ...place, grid: arrays.classes, confidence, classes, kinds: classes };
  }
  const { outputs } = arrays;
  const above =
    count === 2
      ? Float32Array.from({ length: side * side }, (_, at) => outputs[2 * at + 1] - outputs[2 * at])
      : outputs.map((value) => value - data.threshold);
  const most = above.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 1e-9);
  const grid = above.map((value) => 127.5 + (127.5 * value) / most);
  return { ...place, grid, classes, kinds: classes };
}

/** Outputs and labels on one scale: areas from 0 to 255, points from -1 to 1. */
function quantities({ outputs, labels }) {
  const least = (values) => values.reduce((low, value) => Math.min(low, value), Infinity);
  const most = (values) => values.reduce((high, value) => Math.max(high, value), -Infinity);
  const low = Math.min(least(outputs), least(labels));
  const range = Math.max(most(outputs), most(labels)) - low || 1;
  return {
    grid: outputs.map((value) => (255 * (value - low)) / range),
    labels: labels.map((value) => (2 * (value - low)) / range - 1),
  };
}

/** By how much the greatest output leads, 0 to 255. */
function lead(outputs, count) {
  const found = new Float32Array(outputs.length / count);
  for (let at = 0; at < found.length; at += 1) {
    const sorted = outputs.slice(at * count, (at + 1) * count).sort();
    found[at] = sorted[count - 1] - sorted[count - 2];
  }
  const most = found.reduce((high, value) => Math.max(high, value), 1e-9);
  return found.map((value) => (255 * value) / most);
}

function describeBoundary({ frame, names, shown = [0, 1] }) {
  if (!frame) return "The decision boundary is not computed yet.";
  const { arrays } = frame;
  const over = `over ${names[shown[0]]} and ${names[shown[1]]}, with ${arrays.labels.length} rows`;
  if (!arrays.classes) return `Outputs ${over}.`;
  const counts = new Map();
  for (const each of arrays.classes) counts.set(each, (counts.get(each) ?? 0) + 1);
  const shares = [...counts]
    .sort(([one], [other]) => one - other)
    .map(([name, count]) => `class ${name} in ${percent(count / arrays.classes.length)}`);
  return `Decision boundary ${over}: ${shares.join(", ")} of the plane.`;
}

function rowsOfBoundary({ frame, names, shown = [0, 1] }) {
  const head = [names[shown[0]] ?? "x", names[shown[1]] ?? "y"];
  if (!frame) return { head, body: [] };
  const { data, arrays, shapes } = frame;
  const [side, , count] = shapes.outputs;
  const at = ([low, high], place) => low + ((high - low) * place) / (side - 1);
  return {
    head: [...head, ...Array.from({ length: count }, (_, place) => `output ${place}`)],
    body: Array.from({ length: side * side }, (_, place) => [
      at(data.x, place % side),
      at(data.y, Math.floor(place / side)),
      ...arrays.outputs.slice(place * count, (place + 1) * count),
    ]),
  };
}
