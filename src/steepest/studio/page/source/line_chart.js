// Curves over steps: at most two points per column of pixels are drawn, with markers and a legend.

import { drawAxes } from "./axes.js";
import { shortNumber } from "./numbers.js";
import { createScale, extent } from "./scale.js";

const LETTER = 7; // pixels of a letter, about

/**
 * @typedef {{name: string, color: string, shape: number, values: ArrayLike<number>,
 *   places?: ArrayLike<number>, dash?: number[], last?: number}} Curve
 */

/**
 * Draws curves into an area of a size.
 * @param {any} pen
 * @param {{width: number, height: number}} size
 * @param {{curves: Curve[], log: boolean, xLabel: string, yLabel: string, colors: any,
 *   cursor?: number | null, marks?: {place: number, text: string}[], least?: number, most?: number}} chart
 */
export function drawChart(pen, size, chart) {
  const { curves, colors } = chart;
  const legend = legendRows(curves, size.width - 70);
  const area = {
    left: 64,
    top: 10 + 18 * legend.length,
    right: size.width - 12,
    bottom: size.height - 42,
  };
  const x = createScale(...xRange(curves), area.left, area.right);
  const y = createScale(...yRange(curves, chart), area.bottom, area.top, chart.log);
  drawAxes(pen, area, { x, y, ...chart, grid: true });
  pen.clip(area.left, area.top - 4, area.right - area.left + 4, area.bottom - area.top + 8, () => {
    (chart.marks ?? []).forEach(({ place, text }, index) =>
      drawMark(pen, area, x.at(place), text, colors, index),
    );
    if (chart.cursor !== null && chart.cursor !== undefined) {
      const place = x.at(chart.cursor);
      pen.line([place, area.top, place, area.bottom], { stroke: colors.text, dash: [4, 3] });
    }
    for (const curve of curves) drawCurve(pen, curve, x, y, area, colors);
  });
  drawLegend(pen, legend, colors);
}

function xRange(curves) {
  let [low, high] = [Infinity, -Infinity];
  for (const curve of curves) {
    const count = curve.values.length;
    if (!count) continue;
    low = Math.min(low, curve.places ? curve.places[0] : 0);
    high = Math.max(high, curve.places ? curve.places[count - 1] : count - 1);
  }
  return low < high ? [low, high] : [0, 1];
}

function yRange(curves, { log, least, most = Infinity }) {
  const range = extent(
    curves.map((curve) => curve.values),
    log,
  );
  if (!range) return log ? [0.1, 1] : [0, 1];
  let [low, high] = range;
  if (low < most) high = Math.min(high, most);
  if (log) {
    low = Math.max(low, high * 1e-12);
    return low < high ? [low / 1.2, high * 1.2] : [low / 2, high * 2];
  }
  if (least !== undefined) low = Math.min(low, least);
  const room = (high - low) * 0.05 || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

function drawCurve(pen, curve, x, y, area, colors) {
  const points = pointsOf(curve, x, y, area);
  pen.line(points, { stroke: curve.color, width: 2, dash: curve.dash });
  const count = points.length / 2;
  const every = Math.max(1, Math.ceil(count / 6));
  const style = { fill: curve.color, stroke: colors.page, width: 1 };
  for (let index = every >> 1; index < count; index += every) {
    pen.marker(curve.shape, points[2 * index], points[2 * index + 1], 4, style);
  }
}

/**
 * The points of a curve in pixels: the least and the greatest of each column of pixels.
 * @param {Curve} curve
 * @param {any} x
 * @param {any} y
 * @param {{left: number, right: number}} area
 * @returns {number[]}
 */
export function pointsOf(curve, x, y, area) {
  const { values, places } = curve;
  const count = Math.min(values.length, curve.last === undefined ? Infinity : curve.last + 1);
  const columns = Math.max(1, Math.floor(area.right - area.left));
  const heightOf = (value) => (y.log && value <= 0 ? y.at(y.low) : y.at(value));
  const points = [];
  const across = (index) => x.at(places ? places[index] : index);
  const put = (index) => points.push(across(index), heightOf(values[index]));
  if (count <= 2 * columns) {
    for (let index = 0; index < count; index += 1) put(index);
    return points;
  }
  for (let index = 0; index < count; ) {
    const column = Math.floor(across(index));
    let [least, greatest] = [index, index];
    for (; index < count && Math.floor(across(index)) === column; index += 1) {
      if (values[index] < values[least]) least = index;
      if (values[index] > values[greatest]) greatest = index;
    }
    put(Math.min(least, greatest));
    if (least !== greatest) put(Math.max(least, greatest));
  }
  return points;
}

/** A line where something was changed, with what it was; texts take turns in height. */
function drawMark(pen, area, place, text, colors, index) {
  const width = LETTER * text.length;
  const left = Math.max(area.left, Math.min(place + 4, area.right - width));
  pen.line([place, area.top, place, area.bottom], { stroke: colors.quiet, dash: [1, 3] });
  pen.text(left, area.top + 8 + 14 * (index % 6), text, { color: colors.quiet, size: 11 });
}

function legendRows(curves, width) {
  const rows = [[]];
  let place = 0;
  for (const curve of curves) {
    const length = 36 + LETTER * curve.name.length;
    if (place + length > width && place > 0) {
      rows.push([]);
      place = 0;
    }
    rows[rows.length - 1].push({ curve, place });
    place += length;
  }
  return curves.length ? rows : [];
}

function drawLegend(pen, rows, colors) {
  rows.forEach((row, index) => {
    for (const { curve, place } of row) {
      const [left, middle] = [64 + place, 10 + 18 * index];
      pen.line([left, middle, left + 14, middle], {
        stroke: curve.color,
        width: 2,
        dash: curve.dash,
      });
      pen.marker(curve.shape, left + 7, middle, 4, { fill: curve.color, stroke: colors.page });
      pen.text(left + 19, middle, curve.name, { color: colors.text });
    }
  });
}

/**
 * The curves in words: the last value of each.
 * @param {string} title
 * @param {Curve[]} curves
 * @returns {string}
 */
export function describeCurves(title, curves) {
  const parts = curves.map(
    ({ name, values, last }) =>
      `${name} ends at ${shortNumber(values[Math.min(values.length - 1, last ?? Infinity)])}`,
  );
  return `${title}. ${parts.length ? `${parts.join("; ")}.` : "No curve yet."}`;
}

/**
 * The numbers behind curves: one row for each step.
 * @param {Curve[]} curves
 * @param {string} first the name of the first column
 * @returns {{head: string[], body: any[][]}}
 */
export function rowsOfCurves(curves, first) {
  const longest = curves.reduce((most, { values }) => Math.max(most, values.length), 0);
  const places = curves.find(
    ({ values, places: given }) => given && values.length === longest,
  )?.places;
  const body = Array.from({ length: longest }, (_, index) => [
    places ? places[index] : index,
    ...curves.map(({ values }) => (index < values.length ? values[index] : null)),
  ]);
  return { head: [first, ...curves.map(({ name }) => name)], body };
}

/**
 * The greatest value that a chart shows by the first values of its curves, since curves that diverge
 * would hide the others; for `most` of `drawChart`.
 * @param {Curve[]} curves
 * @param {boolean} log
 * @returns {number}
 */
export function mostShown(curves, log) {
  const first = curves.reduce(
    (most, { values }) => Math.max(most, values[0] ?? -Infinity),
    -Infinity,
  );
  return first > 0 ? first * (log ? 1000 : 2) : Infinity;
}
