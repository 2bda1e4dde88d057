// Scales: from values to places in a drawing, and back.

import { niceTicks, powerTicks } from "./numbers.js";

/**
 * @typedef {{at: (value: number) => number, back: (place: number) => number, low: number,
 *   high: number, log: boolean, ticks: (wanted: number) => number[]}} Scale
 */

/**
 * A scale from values `low` to `high` to places `from` to `to`; logarithmic if asked.
 * @param {number} low
 * @param {number} high
 * @param {number} from
 * @param {number} to
 * @param {boolean} [log]
 * @returns {Scale}
 */
export function createScale(low, high, from, to, log = false) {
  const inner = log ? Math.log10 : (value) => value;
  const outer = log ? (value) => 10 ** value : (value) => value;
  const [first, last] = [inner(low), inner(high)];
  const slope = (to - from) / (last - first || 1);
  return {
    low,
    high,
    log,
    at: (value) => from + (inner(value) - first) * slope,
    back: (place) => outer(first + (place - from) / slope),
    ticks: (wanted) => (log ? powerTicks : niceTicks)(low, high, wanted),
  };
}

/**
 * The least and greatest finite value of some arrays; only positive ones for a logarithm.
 * @param {ArrayLike<number>[]} arrays
 * @param {boolean} positive
 * @returns {[number, number] | null}
 */
export function extent(arrays, positive = false) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of arrays) {
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      if (!Number.isFinite(value) || (positive && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

/**
 * Heights as numbers 0 to 255 such that the middle height of the picture gets the middle colour.
 * @param {ArrayLike<number>} values
 * @returns {{place: (value: number) => number, low: number, high: number,
 *   back: (share: number) => number}}
 */
export function evenHeights(values) {
  const finite = Float64Array.from(values).filter(Number.isFinite).sort();
  const [low, high] = finite.length ? [finite[0], finite[finite.length - 1]] : [0, 1];
  const range = high - low || 1;
  const middle = Math.max(1e-6, ((finite[finite.length >> 1] ?? 0.5) - low) / range);
  const bend = middle < 0.5 ? (1 - 2 * middle) / middle ** 2 : 0;
  const whole = Math.log1p(bend);
  return {
    low,
    high,
    place(value) {
      const share = (value - low) / range;
      return 255 * (bend > 1e-6 ? Math.log1p(bend * share) / whole : share);
    },
    back: (share) => low + range * (bend > 1e-6 ? Math.expm1(share * whole) / bend : share),
  };
}
