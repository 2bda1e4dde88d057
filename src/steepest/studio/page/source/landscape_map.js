// The map of the landscape: heights, lines of equal height, minima, basins and paths.

import { drawAxes } from "./axes.js";
import { bitmapOf, channels, heightTable, mixed } from "./color_maps.js";
import { contourSegments } from "./contours.js";
import { shortNumber } from "./numbers.js";
import { canvasOf } from "./pens.js";
import { createPicture } from "./picture.js";
import { createScale, evenHeights } from "./scale.js";

const LEVELS = 14;
const FAR = 20000;

/**
 * The picture of the map. `content` holds what is drawn:
 * {map, paths, basins, training, rows, at, colors}, of which all but `colors` may be null; `drawn` is called
 * after each drawing.
 * @param {any} content
 * @returns {any} the picture, with `scales()`
 */
export function landscapeMap(content) {
  let scales = null;
  const picture = createPicture({
    title: "Map of the heights",
    file: "landscape",
    height: (width) => Math.max(260, Math.min(width * 0.84, window.innerHeight * 0.66)),
    ground(pen, size) {
      if (!content.map) return;
      const area = areaOf(size);
      const { x, y } = content.map.data;
      scales = {
        x: createScale(...x, area.left, area.right),
        y: createScale(...y, area.bottom, area.top),
        area,
      };
      drawGround(pen, scales, content);
    },
    draw(pen) {
      if (!scales) return;
      drawPaths(pen, scales, content);
      content.drawn?.();
    },
    describe: () => describeMap(content),
    rows: () => rowsOfPaths(content),
  });
  return { ...picture, scales: () => scales };
}

function areaOf({ width, height }) {
  return { left: 52, top: 8, right: width - 10, bottom: height - 40 };
}

function drawGround(pen, { x, y, area }, content) {
  const { map, basins, training, colors } = content;
  const [rows, columns] = map.shapes.values;
  const heights = evenHeights(map.arrays.values);
  const [width, height] = [area.right - area.left, area.bottom - area.top];
  const table = heightTable(colors.page);
  const bitmap = canvasOf(bitmapOf(map.arrays.values, rows, columns, heights.place, table));
  // Values are at the corners of the area, so that the outer half of each border pixel is cut.
  const [across, down] = [width / (columns - 1), height / (rows - 1)];
  pen.clip(area.left, area.top, width, height, () => {
    pen.image(bitmap, area.left - across / 2, area.top - down / 2, width + across, height + down);
    if (basins) drawBasins(pen, area, basins, colors);
    for (let level = 1; level < LEVELS; level += 1) {
      const value = heights.back(level / LEVELS);
      const ends = contourSegments(map.arrays.values, rows, columns, value);
      for (let index = 0; index < ends.length; index += 2) {
        ends[index] = area.left + ends[index] * across;
        ends[index + 1] = area.bottom - ends[index + 1] * down;
      }
      pen.segments(ends, { stroke: colors.text, width: 0.7, opacity: 0.32 });
    }
    for (const [minimumX, minimumY] of map.data.minima) {
      pen.marker(5, x.at(minimumX), y.at(minimumY), 8, {
        fill: colors.page,
        stroke: colors.text,
        width: 1.5,
      });
    }
    if (training) drawTraining(pen, { x, y }, training, colors);
    else if (map.data.place) {
      const [place, up] = map.data.place;
      pen.marker(3, x.at(place), y.at(up), 7, { fill: colors.page, stroke: colors.text, width: 2 });
    }
  });
  const [xLabel, yLabel] = map.data.labels ?? ["x", "y"];
  drawAxes(pen, area, { x, y, xLabel, yLabel, colors });
}

function drawTraining(pen, { x, y }, { arrays, shapes }, colors) {
  const count = shapes.points[0];
  const points = placesOf(arrays.points, 0, count, x, y);
  pen.line(points, { stroke: colors.page, width: 5 });
  pen.line(points, { stroke: colors.text, width: 2 });
  for (const [shape, at] of [
    [1, 0],
    [0, count - 1],
  ]) {
    const look = { fill: colors.page, stroke: colors.text, width: 2 };
    pen.marker(shape, points[2 * at], points[2 * at + 1], 6, look);
  }
}

function drawBasins(pen, area, basins, colors) {
  const [rows, columns] = basins.shapes.which;
  const page = channels(colors.page);
  const table = new Uint8Array(256 * 3);
  colors.series.forEach((color, index) => table.set(mixed(channels(color), page, 0.5), 3 * index));
  table.set(page, 3 * 254);
  const place = (which) => (which >= 0 ? which % colors.series.length : which === -2 ? 254 : NaN);
  const bitmap = canvasOf(bitmapOf(basins.arrays.which, rows, columns, place, table));
  pen.image(bitmap, area.left, area.top, area.right - area.left, area.bottom - area.top, false);
  const ends = basins.arrays.ends;
  const [x, y] = [
    createScale(...basins.x, area.left, area.right),
    createScale(...basins.y, area.bottom, area.top),
  ];
  for (let index = 0; 2 * index < ends.length; index += 1) {
    pen.marker(index, x.at(ends[2 * index]), y.at(ends[2 * index + 1]), 8, {
      fill: colors.series[index % colors.series.length],
      stroke: colors.text,
      width: 2,
    });
  }
}

function drawPaths(pen, { x, y, area }, { paths, rows, at, colors }) {
  if (!paths) return;
  const count = paths.shapes.points[1];
  const last = Math.min(at ?? count - 1, count - 1);
  pen.clip(area.left, area.top, area.right - area.left, area.bottom - area.top, () => {
    rows.forEach((row, index) => {
      const points = placesOf(paths.arrays.points, index * count, last + 1, x, y);
      if (points.length > 2) pen.line(points, { stroke: colors.page, width: 4.5, opacity: 0.75 });
      pen.line(points, { stroke: row.color, width: 2.4, dash: row.dash });
    });
    rows.forEach((row, index) => {
      const points = placesOf(paths.arrays.points, index * count + last, 1, x, y);
      if (Number.isFinite(points[0])) {
        pen.marker(row.shape, points[0], points[1], 7, {
          fill: row.color,
          stroke: colors.page,
          width: 1.8,
        });
      }
    });
  });
}

function placesOf(points, start, count, x, y) {
  const places = new Float64Array(2 * count);
  for (let index = 0; index < count; index += 1) {
    places[2 * index] = cut(x.at(points[2 * (start + index)]));
    places[2 * index + 1] = cut(y.at(points[2 * (start + index) + 1]));
  }
  return places;
}

function cut(place) {
  return Number.isNaN(place) ? NaN : Math.max(-FAR, Math.min(FAR, place));
}

function describeMap({ map, paths, rows, name, start }) {
  if (!map) return "The map of the heights is not computed yet.";
  const { low, high, x, y } = map.data;
  const [across, up] = map.data.labels ?? ["x", "y"];
  const words = [
    `Map of ${name}: heights from ${shortNumber(low)} to ${shortNumber(high)}, ` +
      `${across} from ${shortNumber(x[0])} to ${shortNumber(x[1])}, ${up} from ${shortNumber(y[0])} to ${shortNumber(y[1])}.`,
  ];
  if (paths && start) {
    words.push(`Paths start at x ${shortNumber(start[0])}, y ${shortNumber(start[1])}.`);
    rows.forEach((row, index) => words.push(`${row.label}: ${resultOf(paths, index).text}.`));
  }
  return words.join(" ");
}

/**
 * How a path ends: its last height, and a text.
 * @param {any} paths
 * @param {number} index
 * @returns {{last: number, diverged: number | null, text: string}}
 */
export function resultOf(paths, index) {
  const count = paths.shapes.values[1];
  const last = paths.arrays.values[index * count + count - 1];
  const diverged = paths.data.diverged[index];
  const text =
    diverged === null
      ? `height ${shortNumber(last)} after ${count - 1} steps`
      : `diverged: no longer finite after step ${diverged}`;
  return { last, diverged, text };
}

function rowsOfPaths({ paths, rows }) {
  if (!paths) return { head: ["step"], body: [] };
  const count = paths.shapes.points[1];
  const head = [
    "step",
    ...rows.flatMap(({ label }) => [`${label}: x`, `${label}: y`, `${label}: height`]),
  ];
  const body = Array.from({ length: count }, (_, step) => [
    step,
    ...rows.flatMap((_row, index) => {
      const place = index * count + step;
      return [
        paths.arrays.points[2 * place],
        paths.arrays.points[2 * place + 1],
        paths.arrays.values[place],
      ];
    }),
  ]);
  return { head, body };
}
