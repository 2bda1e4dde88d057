// Histograms of several layers, one below the other.

import { drawAxes } from "./axes.js";
import { shortNumber } from "./numbers.js";
import { createScale } from "./scale.js";

const LEFT = 64;
const LETTER = 6; // pixels of a letter, about

/**
 * Draws one histogram per row. `rows` are {name, edges, counts, note, color, expected}, of which
 * `expected` is a standard deviation by theory, drawn as two marks.
 * @param {any} pen
 * @param {{width: number, height: number}} size
 * @param {{rows: any[], colors: any, xLabel: string}} chart
 */
export function drawHistograms(pen, size, { rows, colors, xLabel }) {
  if (!rows.length) return;
  const height = (size.height - 44) / rows.length;
  const [low, high] = sharedRange(rows);
  const x = createScale(low, high, LEFT, size.width - 14);
  rows.forEach((row, index) => {
    const bottom = 6 + (index + 1) * height;
    const note = row.note ?? "";
    const isLong = LETTER * (row.name.length + note.length + 2) > size.width - LEFT - 20;
    const top = bottom - height + (note && isLong ? 34 : 20);
    const most = row.counts.reduce((greatest, count) => Math.max(greatest, count), 0) || 1;
    const points = [];
    for (let bin = 0; bin < row.counts.length; bin += 1) {
      const level = bottom - ((bottom - top) * row.counts[bin]) / most;
      points.push(x.at(row.edges[bin]), level, x.at(row.edges[bin + 1]), level);
    }
    pen.polygon(
      [x.at(row.edges[0]), bottom, ...points, x.at(row.edges[row.counts.length]), bottom],
      { fill: row.color, stroke: row.color, opacity: 0.75 },
    );
    pen.line([LEFT, bottom, size.width - 14, bottom], { stroke: colors.quiet });
    const label = { color: colors.text, size: 11 };
    if (note && isLong) {
      pen.text(LEFT + 6, top - 23, row.name, label);
      pen.text(LEFT + 6, top - 9, note, label);
    } else pen.text(LEFT + 6, top - 9, row.name + (note && `: ${note}`), label);
    if (row.expected) {
      for (const edge of [-row.expected, row.expected]) {
        pen.line([x.at(edge), top, x.at(edge), bottom], {
          stroke: colors.text,
          width: 1.5,
          dash: [4, 3],
        });
      }
    }
  });
  const area = { left: LEFT, right: size.width - 14, top: 6, bottom: 6 + rows.length * height };
  const none = { ticks: () => [], at: () => 0 };
  drawAxes(pen, area, { x, y: none, xLabel, yLabel: "", colors });
}

function sharedRange(rows) {
  const low = Math.min(...rows.map(({ edges }) => edges[0]));
  const high = Math.max(...rows.map(({ edges }) => edges[edges.length - 1]));
  return low < high ? [low, high] : [low - 1, high + 1];
}

/**
 * Histograms in words.
 * @param {string} title
 * @param {any[]} rows
 * @returns {string}
 */
export function describeHistograms(title, rows) {
  const words = rows.map(
    ({ name, mean, deviation }) =>
      `${name}: mean ${shortNumber(mean, 3)}, standard deviation ${shortNumber(deviation, 3)}`,
  );
  return `${title}. ${words.join("; ")}.`;
}
