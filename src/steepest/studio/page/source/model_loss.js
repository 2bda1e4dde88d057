// The loss around the weights of a model, in two random directions.

import { drawAxes } from "./axes.js";
import { bitmapOf, heightTable } from "./color_maps.js";
import { contourSegments } from "./contours.js";
import { shortNumber } from "./numbers.js";
import { canvasOf } from "./pens.js";
import { createPicture } from "./picture.js";
import { createScale, evenHeights } from "./scale.js";

const LEVELS = 12;

/**
 * The picture of `live.loss`, a frame or null.
 * @param {any} live
 * @param {() => any} colors
 * @returns {any}
 */
export function lossPicture(live, colors) {
  return createPicture({
    title: "Loss around the weights",
    file: "loss_around",
    height: (width) => Math.max(240, Math.min(width * 0.6, 460)),
    ground(pen, size) {
      if (!live.loss) return;
      const { data, arrays, shapes } = live.loss;
      const [rows, columns] = shapes.losses;
      const area = { left: 60, top: 8, right: size.width - 12, bottom: size.height - 40 };
      const heights = evenHeights(arrays.losses);
      const bitmap = canvasOf(
        bitmapOf(arrays.losses, rows, columns, heights.place, heightTable(colors().page)),
      );
      const [width, height] = [area.right - area.left, area.bottom - area.top];
      pen.image(bitmap, area.left, area.top, width, height);
      for (let level = 1; level < LEVELS; level += 1) {
        const ends = contourSegments(arrays.losses, rows, columns, heights.back(level / LEVELS));
        const places = ends.map((value, index) =>
          index % 2
            ? area.bottom - (value * height) / (rows - 1)
            : area.left + (value * width) / (columns - 1),
        );
        pen.segments(places, { stroke: colors().text, width: 0.7, opacity: 0.4 });
      }
      const x = createScale(...data.x, area.left, area.right);
      const y = createScale(...data.y, area.bottom, area.top);
      pen.marker(0, x.at(0), y.at(0), 6, { fill: colors().series[1], stroke: colors().page });
      drawAxes(pen, area, {
        x,
        y,
        xLabel: data.labels?.[0] ?? "first direction",
        yLabel: data.labels?.[1] ?? "second direction",
        colors: colors(),
      });
    },
    draw() {},
    describe() {
      if (!live.loss) return "The loss around the weights is not computed yet.";
      const { loss, note } = live.loss.data;
      return `Loss around the weights on ${note}: ${shortNumber(loss)} at the middle.`;
    },
    rows() {
      if (!live.loss) return { head: ["row", "column", "loss"], body: [] };
      const columns = live.loss.shapes.losses[1];
      return {
        head: ["row", "column", "loss"],
        body: [...live.loss.arrays.losses].map((loss, place) => [
          Math.floor(place / columns),
          place % columns,
          loss,
        ]),
      };
    },
  });
}
