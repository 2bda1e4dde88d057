// Shapes of points, so that colour is never the only difference.

const turn = (count, first, radius = () => 1) =>
  Array.from({ length: count }, (_, index) => {
    const angle = first + (2 * Math.PI * index) / count;
    return [radius(index) * Math.cos(angle), radius(index) * Math.sin(angle)];
  });
const plus = (angle) => {
  const arms = [
    [-0.35, -1],
    [0.35, -1],
    [0.35, -0.35],
    [1, -0.35],
    [1, 0.35],
    [0.35, 0.35],
    [0.35, 1],
    [-0.35, 1],
    [-0.35, 0.35],
    [-1, 0.35],
    [-1, -0.35],
    [-0.35, -0.35],
  ];
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return arms.map(([x, y]) => [x * cosine - y * sine, x * sine + y * cosine]);
};

/** The shapes in the order of the colours. */
export const SHAPES = [
  ["circle", turn(20, 0)],
  ["square", turn(4, Math.PI / 4, () => 1.15)],
  ["triangle", turn(3, -Math.PI / 2, () => 1.25)],
  ["diamond", turn(4, 0, () => 1.25)],
  ["plus", plus(0)],
  ["star", turn(10, -Math.PI / 2, (index) => (index % 2 ? 0.55 : 1.3))],
  ["triangle downwards", turn(3, Math.PI / 2, () => 1.25)],
  ["cross", plus(Math.PI / 4)],
];

/**
 * The corners of a shape around a point.
 * @param {number} index
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @returns {number[]} x, y of each corner
 */
export function shapeAt(index, x, y, radius) {
  const corners = SHAPES[index % SHAPES.length][1];
  return corners.flatMap(([across, down]) => [x + across * radius, y + down * radius]);
}
