// Lines of equal height by marching squares.

// For each of 16 cases of corners above the level: pairs of edges that a line joins.
// Corners are numbered 1, 2, 4, 8 from the lower left, against the clock; edges 0 to 3 start at
// the lower one. Cases 5 and 10 are two lines.
const CASES = [
  [],
  [3, 0],
  [0, 1],
  [3, 1],
  [1, 2],
  [3, 2, 0, 1],
  [0, 2],
  [3, 2],
  [2, 3],
  [2, 0],
  [0, 3, 1, 2],
  [2, 1],
  [1, 3],
  [1, 0],
  [0, 3],
  [],
];

/**
 * The segments of one level: x, y, x, y of each, in columns and rows of the grid.
 * @param {ArrayLike<number>} values
 * @param {number} rows
 * @param {number} columns
 * @param {number} level
 * @returns {number[]}
 */
export function contourSegments(values, rows, columns, level) {
  const segments = [];
  for (let row = 0; row + 1 < rows; row += 1) {
    for (let column = 0; column + 1 < columns; column += 1) {
      const start = row * columns + column;
      const a = values[start];
      const b = values[start + 1];
      const c = values[start + columns + 1];
      const d = values[start + columns];
      const which = (a > level) + 2 * (b > level) + 4 * (c > level) + 8 * (d > level);
      if (which === 0 || which === 15) continue;
      if (!Number.isFinite(a + b + c + d)) continue;
      for (const edge of CASES[which]) {
        if (edge === 0) segments.push(column + share(a, b, level), row);
        else if (edge === 1) segments.push(column + 1, row + share(b, c, level));
        else if (edge === 2) segments.push(column + share(d, c, level), row + 1);
        else segments.push(column, row + share(a, d, level));
      }
    }
  }
  return segments;
}

function share(from, to, level) {
  return (level - from) / (to - from);
}
