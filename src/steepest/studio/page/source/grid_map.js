// What a network says over a plane, with the points of the data.

import { drawAxes } from "./axes.js";
import { bitmapOf, channels, mixed, signTable, tableThrough } from "./color_maps.js";
import { contourSegments } from "./contours.js";
import { canvasOf } from "./pens.js";
import { createPicture } from "./picture.js";
import { createScale } from "./scale.js";

/**
 * The picture of a plane. `content()` gives {grid, side, classes, confidence, x, y, xLabel, yLabel,
 * points, labels, kinds, isTest, showTest, steps, levels, colors}: `grid` holds 0 to 255 as a score, or
 * the index of a class if `classes` is above two; `kinds` is the number of classes of the points, 0 for
 * values from -1 to 1; `levels` are those of its lines, without it the borders of classes.
 * @param {{title: string, file: string, content: () => any, describe: () => string,
 *   rows?: () => any, ratio?: number}} given
 * @returns {any}
 */
export function gridMap({ title, file, content, describe, rows, ratio = 0.94 }) {
  let scales = null;
  const picture = createPicture({
    title,
    file,
    height: (width) => Math.max(220, Math.min(width * ratio, window.innerHeight * 0.7)),
    draw(pen, size) {
      const shown = content();
      const area = { left: 46, top: 8, right: size.width - 8, bottom: size.height - 38 };
      scales = {
        x: createScale(...shown.x, area.left, area.right),
        y: createScale(...shown.y, area.bottom, area.top),
      };
      if (shown.grid) drawGrid(pen, area, shown);
      drawAxes(pen, area, {
        ...scales,
        xLabel: shown.xLabel ?? "x",
        yLabel: shown.yLabel ?? "y",
        colors: shown.colors,
      });
      if (shown.points)
        pen.clip(area.left, area.top, area.right - area.left, area.bottom - area.top, () =>
          drawPoints(pen, scales, shown),
        );
    },
    describe,
    rows,
  });
  return { ...picture, scales: () => scales };
}

function drawGrid(pen, area, shown) {
  const { grid, side, classes, confidence, steps, colors } = shown;
  const [width, height] = [area.right - area.left, area.bottom - area.top];
  const many = classes > 2;
  const image = many
    ? classBitmap(grid, confidence, side, colors)
    : bitmapOf(
        grid,
        side,
        side,
        steps ? (value) => (value >= 128 ? 220 : 35) : (value) => value,
        softTable(colors),
      );
  pen.image(canvasOf(image), area.left, area.top, width, height, !many);
  const borders = many ? Array.from({ length: classes - 1 }, (_, index) => index + 0.5) : [127.5];
  for (const level of shown.levels ?? borders) {
    const ends = contourSegments(grid, side, side, level);
    for (let index = 0; index < ends.length; index += 2) {
      ends[index] = area.left + (ends[index] * width) / (side - 1);
      ends[index + 1] = area.bottom - (ends[index + 1] * height) / (side - 1);
    }
    pen.segments(ends, { stroke: colors.text, width: 1.4, opacity: 0.8 });
  }
}

/** The table of signs, nearer to the page, so that points of the same colour stand out. */
function softTable(colors) {
  const page = channels(colors.page);
  return tableThrough([
    mixed(channels(colors.cold), page, 0.35),
    page,
    mixed(channels(colors.warm), page, 0.35),
  ]);
}

function classBitmap(grid, confidence, side, colors) {
  const page = channels(colors.page);
  const image = new ImageData(side, side);
  const own = colors.series.map(channels);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const place = row * side + column;
      const share = confidence ? 0.75 - 0.5 * (confidence[place] / 255) : 0.45;
      const color = mixed(own[grid[place] % own.length], page, share);
      image.data.set([...color, 255], 4 * ((side - 1 - row) * side + column));
    }
  }
  return image;
}

/**
 * Points with the colours and shapes of their labels: classes if `kinds` says how many, or numbers
 * from -1 to 1.
 * @param {any} pen
 * @param {{x: any, y: any}} scales
 * @param {any} shown
 */
export function drawPoints(pen, { x, y }, { points, labels, isTest, showTest, kinds, colors }) {
  const table = signTable(colors);
  const count = points.length / 2;
  const radius = count > 600 ? 2.6 : 3.6;
  for (let index = 0; index < count; index += 1) {
    const test = isTest ? Boolean(isTest[index]) : false;
    if (test && !showTest) continue;
    const label = labels[index];
    const color = kinds ? classColor(label, kinds, colors) : scoreColor(label, table);
    const style = test
      ? { fill: color, stroke: colors.text, width: 1.2 }
      : { fill: color, stroke: colors.page, width: 0.9 };
    pen.marker(
      kinds ? label : 0,
      x.at(points[2 * index]),
      y.at(points[2 * index + 1]),
      radius,
      style,
    );
  }
}

function classColor(label, classes, colors) {
  if (classes > 2) return colors.series[label % colors.series.length];
  return label ? colors.warm : colors.cold;
}

function scoreColor(value, table) {
  const place = 3 * Math.max(0, Math.min(255, Math.round(127.5 * (value + 1))));
  return `rgb(${table[place]} ${table[place + 1]} ${table[place + 2]})`;
}
