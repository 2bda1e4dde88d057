// The rows as a layer sees them: its outputs on two axes, with the bent grid of two inputs.

import { drawAxes } from "./axes.js";
import { choiceControl, numberControl } from "./controls.js";
import { element, refill, say } from "./dom.js";
import { drawPoints } from "./grid_map.js";
import { percent } from "./numbers.js";
import { createPicture } from "./picture.js";
import { createScale, extent } from "./scale.js";

/** The places of layers whose outputs are vectors of two numbers or more. @returns {number[]} */
export function warpLayers({ layers }) {
  return layers
    .map((layer, place) => ({ ...layer, place }))
    .filter(({ units, kind, shape }) => units > 1 && kind !== "Input" && /^\(batch, \d+\)$/.test(shape))
    .map(({ place }) => place);
}

/** The layer that is shown first: the last hidden one. @returns {number | undefined} */
export function firstWarped(model) {
  const places = warpLayers(model);
  const isLast = places.at(-1) === model.layers.length - 1;
  return places.at(isLast && places.length > 1 ? -2 : -1);
}

/**
 * The picture with its controls. `change` is given the layer and the units, null for components.
 * @param {{colors: () => any, change: (warp: {layer: number, units: number[] | null}) => void}} given
 * @returns {any}
 */
export function modelWarp({ colors, change }) {
  const controls = element("div", { class: "pairs" });
  const words = element("p", { class: "fact", "data-id": "warp-words" });
  const live = { frame: null, model: null };
  let drawn = "";
  const picture = createPicture({
    title: "Rows as the layer sees them",
    file: "layer_outputs",
    height: (width) => Math.max(240, Math.min(width * 0.7, 520)),
    draw(pen, size) {
      if (live.frame) drawWarp(pen, size, live.frame, colors());
    },
    describe: () => (live.frame ? describeWarp(live) : "The outputs of the layer are not computed yet."),
    rows: () => rowsOfWarp(live),
  });

  function showControls({ layer, units }) {
    const { layers } = live.model;
    const most = layers[layer].units - 1;
    const axis = (place) =>
      numberControl({
        label: place ? "Unit upwards" : "Unit across",
        field: `units.${place}`,
        low: 0,
        high: most,
        whole: true,
        compact: true,
        value: units[place],
        change: (value) =>
          change({ layer, units: units.map((unit, at) => (at === place ? value : unit)) }),
      }).element;
    refill(
      controls,
      choiceControl({
        label: "Layer",
        field: "layer",
        options: warpLayers(live.model).map((place) => ({
          value: String(place),
          label: layers[place].name,
        })),
        value: String(layer),
        change: (value) => change({ layer: Number(value), units: null }),
      }).element,
      choiceControl({
        label: "Axes",
        field: "units",
        options: [
          { value: "components", label: "principal components" },
          { value: "units", label: "two units" },
        ],
        value: units ? "units" : "components",
        change: (value) => change({ layer, units: value === "units" ? [0, 1] : null }),
      }).element,
      units ? [axis(0), axis(1)] : [],
    );
  }

  return {
    elements: [controls, picture.element, words],
    redraw: picture.redraw,
    words: () => words.textContent,
    describe(model) {
      live.model = model;
      drawn = "";
    },
    choose(warp) {
      const wanted = JSON.stringify(warp);
      const isTyped = controls.contains(document.activeElement) && document.activeElement.tagName === "INPUT";
      if (wanted !== drawn && !isTyped) showControls(warp);
      drawn = wanted;
    },
    take(frame) {
      live.frame = frame;
      say(words, describeWarp(live));
      picture.redraw();
    },
  };
}

function drawWarp(pen, { width, height }, { data, arrays, shapes }, colors) {
  const area = { left: 60, top: 8, right: width - 12, bottom: height - 40 };
  const side = (values, axis) => values.filter((_, at) => at % 2 === axis);
  const range = (axis) => {
    const [low, high] = extent([side(arrays.points, axis), side(arrays.lines, axis)]) ?? [0, 1];
    const margin = 0.05 * (high - low) || 0.5;
    return [low - margin, high + margin];
  };
  const x = createScale(...range(0), area.left, area.right);
  const y = createScale(...range(1), area.bottom, area.top);
  const [count, samples] = shapes.lines;
  pen.clip(area.left, area.top, area.right - area.left, area.bottom - area.top, () => {
    for (let line = 0; line < count; line += 1) {
      const places = new Float64Array(2 * samples);
      for (let at = 0; at < 2 * samples; at += 1)
        places[at] = (at % 2 ? y : x).at(arrays.lines[2 * samples * line + at]);
      const isSecond = data.columns.length > 1 && line >= count / 2;
      pen.line(places, { stroke: colors.quiet, width: 1, opacity: 0.8, dash: isSecond ? [5, 3] : undefined });
    }
    const labels = arrays.targets ?? new Float32Array(shapes.points[0]);
    const shown = data.classes
      ? { labels, kinds: Math.max(1, ...new Set(labels)) + 1 }
      : { labels: centred(labels), kinds: 0 };
    drawPoints(pen, { x, y }, { points: arrays.points, colors, ...shown });
  });
  drawAxes(pen, area, { x, y, xLabel: data.labels[0], yLabel: data.labels[1], colors });
}

/** Numbers as numbers from -1 to 1. */
function centred(values) {
  const [low, high] = extent([values]) ?? [0, 1];
  return values.map((value) => (2 * (value - low)) / (high - low || 1) - 1);
}

function describeWarp({ frame, model }) {
  const { data, shapes } = frame;
  const names = data.columns.map((column) => model.columns[column].name);
  const grid =
    names.length > 1
      ? `Along a solid line ${names[0]} changes, along a dashed one ${names[1]}`
      : `Along the line ${names[0]} changes`;
  const held = model.columns.length > names.length ? "; the other inputs stay at their medians" : "";
  const share = data.explained
    ? ` The axes show ${percent(data.explained[0] + data.explained[1])} of the variance.`
    : "";
  return `${shapes.points[0]} rows by the outputs of ${data.layer}. ${grid}${held}.${share}`;
}

function rowsOfWarp({ frame }) {
  if (!frame) return { head: [], body: [] };
  const { data, arrays, shapes } = frame;
  return {
    head: ["row", ...data.labels, ...(arrays.targets ? ["target"] : [])],
    body: Array.from({ length: shapes.points[0] }, (_, row) => [
      row,
      arrays.points[2 * row],
      arrays.points[2 * row + 1],
      ...(arrays.targets ? [arrays.targets[row]] : []),
    ]),
  };
}
