// The experiment of the doctor behind a verdict: scores with and without a change, by seed.

import { drawAxes } from "./axes.js";
import { shortNumber } from "./numbers.js";
import { createPicture } from "./picture.js";
import { createScale, extent } from "./scale.js";

/**
 * A picture of an effect: a line for each seed, the means, and the interval of their difference.
 * @param {any} effect as the doctor writes it
 * @param {string} change in words
 * @param {any} colors
 * @returns {any} as createPicture
 */
export function experimentPicture(effect, change, colors) {
  const { before, after, score, low, high, seeds } = effect;
  const [without, changed] = [mean(before), mean(after)];
  const ends = [without + low, without + high];
  const gain = `gain ${signed(changed - without)} (${signed(low)} to ${signed(high)})`;
  return createPicture({
    title: `Experiment: ${change}`,
    file: "experiment",
    height: () => 190,
    describe: () =>
      `${score}: ${shortNumber(without, 3)} as it is, ${shortNumber(changed, 3)} with the change, ` +
      `${gain} over ${seeds} seeds.`,
    rows: () => ({
      head: ["seed", "as it is", "with the change"],
      body: before.map((value, seed) => [seed, value, after[seed]]),
    }),
    draw(pen, size) {
      const area = { left: 64, top: 12, right: size.width - 12, bottom: size.height - 46 };
      const [least, most] = extent([before, after, ends]) ?? [0, 1];
      const room = (most - least) * 0.08 || 0.1;
      const y = createScale(least - room, most + room, area.bottom, area.top);
      const [left, right] = [0.28, 0.72].map(
        (share) => area.left + share * (area.right - area.left),
      );
      const none = { ticks: () => [], at: () => 0 };
      drawAxes(pen, area, { x: none, y, xLabel: gain, yLabel: score, colors, grid: true });
      before.forEach((value, seed) =>
        pen.line([left, y.at(value), right, y.at(after[seed])], { stroke: colors.quiet, width: 1 }),
      );
      const style = { fill: colors.series[0], stroke: colors.page, width: 1.5 };
      const bar = { stroke: colors.text, width: 2 };
      pen.line([right, y.at(ends[0]), right, y.at(ends[1])], bar);
      for (const end of ends) pen.line([right - 6, y.at(end), right + 6, y.at(end)], bar);
      pen.marker(0, left, y.at(without), 6, style);
      pen.marker(0, right, y.at(changed), 6, style);
      const label = { color: colors.text, anchor: "middle", size: 12 };
      pen.text(left, area.bottom + 13, "as it is", label);
      pen.text(right, area.bottom + 13, "with the change", label);
    },
  });
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function signed(value) {
  return (value < 0 ? "−" : "+") + shortNumber(Math.abs(value), 3);
}
