// Tables of 256 colours, for values from 0 to 1.

// Anchors of a sequential table from dark blue to yellow, even in lightness and safe for the
// colour-blind.
const SEQUENTIAL = [
  [0, 34, 78],
  [22, 59, 109],
  [66, 78, 108],
  [99, 98, 112],
  [124, 123, 120],
  [152, 141, 118],
  [187, 161, 106],
  [222, 187, 84],
  [254, 232, 56],
];

/**
 * Red, green and blue of "#rrggbb".
 * @param {string} text
 * @returns {number[]}
 */
export function channels(text) {
  return [1, 3, 5].map((place) => parseInt(text.slice(place, place + 2), 16));
}

/**
 * A table of 256 colours through anchors at equal distances.
 * @param {number[][]} anchors
 * @returns {Uint8Array}
 */
export function tableThrough(anchors) {
  const table = new Uint8Array(256 * 3);
  for (let index = 0; index < 256; index += 1) {
    const place = (index / 255) * (anchors.length - 1);
    const low = Math.min(Math.floor(place), anchors.length - 2);
    for (let channel = 0; channel < 3; channel += 1) {
      const [from, to] = [anchors[low][channel], anchors[low + 1][channel]];
      table[3 * index + channel] = Math.round(from + (to - from) * (place - low));
    }
  }
  return table;
}

/**
 * The table for heights: sequential, mixed with the page so that lines stand out on it.
 * @param {string} page
 * @param {number} share of the page's colour
 * @returns {Uint8Array}
 */
export function heightTable(page, share = 0.35) {
  const ground = channels(page);
  return tableThrough(SEQUENTIAL.map((color) => mixed(color, ground, share)));
}

/**
 * The table for signs and scores: cold below, the page in the middle, warm above.
 * @param {{cold: string, warm: string, page: string}} colors
 * @returns {Uint8Array}
 */
export function signTable(colors) {
  return tableThrough([channels(colors.cold), channels(colors.page), channels(colors.warm)]);
}

/**
 * A colour between two.
 * @param {number[]} one
 * @param {number[]} other
 * @param {number} share of the other
 * @returns {number[]}
 */
export function mixed(one, other, share) {
  return one.map((value, channel) => Math.round(value + (other[channel] - value) * share));
}

/**
 * A bitmap of values, the last row first, as rows go upwards in drawings.
 * @param {ArrayLike<number>} values
 * @param {number} rows
 * @param {number} columns
 * @param {(value: number) => number} place of a value in the table, 0 to 255; NaN is transparent
 * @param {Uint8Array} table
 * @returns {ImageData}
 */
export function bitmapOf(values, rows, columns, place, table) {
  const image = new ImageData(columns, rows);
  const { data } = image;
  for (let row = 0; row < rows; row += 1) {
    let target = (rows - 1 - row) * columns * 4;
    for (let column = 0; column < columns; column += 1, target += 4) {
      const index = place(values[row * columns + column]);
      if (!(index >= 0)) continue;
      const start = 3 * Math.min(255, index | 0);
      data[target] = table[start];
      data[target + 1] = table[start + 1];
      data[target + 2] = table[start + 2];
      data[target + 3] = 255;
    }
  }
  return image;
}
