// Numbers as texts, and the ticks of axes.

const MINUS = "\u2212";

/**
 * A number as short text with so many significant digits.
 * @param {number | null | undefined} value
 * @param {number} [digits]
 * @returns {string}
 */
export function shortNumber(value, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "infinite" : `${MINUS}infinite`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, exponent] = size.toExponential(Math.max(0, digits - 2)).split("e");
    const plain = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    return `${value < 0 ? MINUS : ""}${plain}e${exponent.replace("+", "").replace("-", MINUS)}`;
  }
  const text = String(Number(size.toPrecision(digits)));
  return value < 0 ? MINUS + text : text;
}

/**
 * Round numbers between two ends.
 * @param {number} low
 * @param {number} high
 * @param {number} wanted about how many
 * @returns {number[]}
 */
export function niceTicks(low, high, wanted) {
  const rough = (high - low) / Math.max(1, wanted);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const ticks = [];
  for (let index = first; index * step <= high + step * 1e-9; index += 1) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

/**
 * Powers of ten between two positive ends; round numbers if there are fewer than two.
 * @param {number} low
 * @param {number} high
 * @param {number} wanted
 * @returns {number[]}
 */
export function powerTicks(low, high, wanted) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  if (last - first < 1) return niceTicks(low, high, wanted).filter((tick) => tick > 0);
  const every = Math.max(1, Math.ceil((last - first) / Math.max(1, wanted)));
  const ticks = [];
  for (let power = first; power <= last; power += every) ticks.push(Number(`1e${power}`));
  return ticks;
}

/**
 * The share of a whole as a text in per cent.
 * @param {number} share
 * @returns {string}
 */
export function percent(share) {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
