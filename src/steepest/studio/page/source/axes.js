// Axes around an area: ticks, labels, a frame.

import { shortNumber } from "./numbers.js";

/**
 * Draws ticks and labels of two scales around an area.
 * @param {any} pen
 * @param {{left: number, top: number, right: number, bottom: number}} area
 * @param {{x: any, y: any, xLabel: string, yLabel: string, colors: any, grid?: boolean}} look
 */
export function drawAxes(pen, area, { x, y, xLabel, yLabel, colors, grid = false }) {
  const across = x.ticks(Math.max(2, Math.round((area.right - area.left) / 80)));
  const up = y.ticks(Math.max(2, Math.round((area.bottom - area.top) / 50)));
  const style = { stroke: colors.line, width: 1 };
  for (const tick of across) {
    const place = crisp(x.at(tick));
    pen.line([place, grid ? area.top : area.bottom, place, area.bottom + 4], style);
    pen.text(place, area.bottom + 13, shortNumber(tick), {
      color: colors.quiet,
      size: 11,
      anchor: "middle",
    });
  }
  for (const tick of up) {
    const place = crisp(y.at(tick));
    pen.line([area.left - 4, place, grid ? area.right : area.left, place], style);
    pen.text(area.left - 7, place, shortNumber(tick), {
      color: colors.quiet,
      size: 11,
      anchor: "end",
    });
  }
  pen.rectangle(crisp(area.left), crisp(area.top), area.right - area.left, area.bottom - area.top, {
    stroke: colors.quiet,
    width: 1,
  });
  const middle = (area.left + area.right) / 2;
  pen.text(middle, area.bottom + 29, xLabel, { color: colors.text, anchor: "middle" });
  pen.text(11, (area.top + area.bottom) / 2, yLabel, {
    color: colors.text,
    anchor: "middle",
    turned: true,
  });
}

/**
 * The middle of a pixel, where lines of one pixel are sharp.
 * @param {number} place
 * @returns {number}
 */
export function crisp(place) {
  return Math.round(place - 0.5) + 0.5;
}
