// The lessons that are states of the landscape.

import { resultOf } from "./landscape_map.js";

const HIDE = ["basins", "noise", "seed"];

const plainDescent = (learning_rate, options = {}) => ({
  name: "SGD",
  on: true,
  options: { learning_rate, ...options },
});
const NOISY_BOWL = {
  surface: "bowl",
  start: [-1.6, 1.2],
  steps: 300,
  optimizers: [plainDescent(0.3)],
  at: null,
  log: true,
  noise: 1,
  basins: null,
  seed: 0,
};
const heightsOf = (frame, index) => {
  const count = frame.shapes.values[1];
  return frame.arrays.values.subarray(index * count, (index + 1) * count);
};
const isPaths = (frame) => frame?.kind === "paths" && frame.shapes.values[0] > 0;
const ends = (frame, index) => {
  const { last, diverged } = resultOf(frame, index);
  return diverged === null ? last : Infinity;
};
const firstRate = (row) => {
  const rate = row?.options.learning_rate;
  return typeof rate === "number" ? rate : null;
};

/** Where the weights go: gradient descent and what was made of it. */
export const gradientDescent = {
  name: "gradient-descent",
  title: "Gradient descent",
  view: "landscape",
  state: {
    surface: "bowl",
    start: [-0.8, 0.6],
    steps: 30,
    optimizers: [plainDescent(0.1)],
    at: null,
    log: true,
    noise: 0,
    basins: null,
  },
  hide: [...HIDE, "surface"],
  text: [
    "Gradient descent subtracts the learning rate times the gradient from the point, again and again.",
    "The gradient stands at a right angle to the lines of equal height, and shrinks towards the minimum, so that the steps shrink too.",
    "The curve on the right shows the height after each step; on a logarithmic scale it is a straight line here.",
  ],
  task: "Move the red point to a height above 6: drag it, use the arrow keys on it, or type Start x and Start y. The path must still end below 0.001.",
  because:
    "From every start on a bowl each step multiplies the distance to the minimum by the same factor.",
  solved: (frame) => isPaths(frame) && heightsOf(frame, 0)[0] > 6 && ends(frame, 0) < 0.001,
};

/** A rate beyond the stability limit. */
export const rateTooBig = {
  name: "rate-too-big",
  title: "The learning rate is too big",
  view: "landscape",
  state: {
    surface: "ravine",
    start: null,
    steps: 100,
    optimizers: [plainDescent(1.05)],
    at: null,
    log: true,
    noise: 0,
    basins: null,
  },
  hide: [...HIDE, "surface"],
  text: [
    "With a big learning rate each step overshoots the floor of the ravine and lands higher on the other side.",
    "Above 2 divided by the largest curvature the path diverges; the sentence under the map gives this limit.",
    "A loss that grows from step to step, or becomes not a number, has this cause more often than any other.",
  ],
  task: "Lower the learning rate of SGD until the path ends below a height of 0.01.",
  because: "Below the limit every step gets nearer to the floor of the ravine.",
  solved: (frame) => isPaths(frame) && ends(frame, 0) < 0.01,
};

/** A rate that wastes steps. */
export const rateTooSmall = {
  name: "rate-too-small",
  title: "The learning rate is too small",
  view: "landscape",
  state: {
    surface: "ravine",
    start: null,
    steps: 100,
    optimizers: [plainDescent(0.001)],
    at: null,
    log: true,
    noise: 0,
    basins: null,
  },
  hide: [...HIDE, "surface"],
  text: [
    "With a small learning rate nothing goes wrong, but nothing happens either: a hundred steps go hardly anywhere.",
    "The steep direction of the ravine sets how big the rate may be, and the flat direction sets how many steps that takes.",
    "A good rate is often a little below the stability limit.",
  ],
  task: "Raise the learning rate of SGD so that 100 steps end below a height of 0.001.",
  because: "Near the limit the flat direction is covered as fast as gradient descent can.",
  solved: (frame) => isPaths(frame) && frame.shapes.values[1] <= 101 && ends(frame, 0) < 0.001,
};

/** Noise of small batches. */
export const batches = {
  name: "batches",
  title: "Batches are noisy",
  view: "landscape",
  state: NOISY_BOWL,
  hide: ["basins", "surface"],
  text: [
    "The gradient of a small batch is that of all rows plus noise, so the path zigzags.",
    "Near the minimum the gradient is small and the noise is not: the path does not come to rest, and wanders in a region.",
    "The smaller the learning rate, the smaller this region, since noise of many steps averages out.",
  ],
  task: "Leave the noise at 1 and choose a learning rate such that the last 50 heights all lie below 0.05.",
  because: "A smaller rate averages the noise of more batches; it also needs more steps to arrive.",
  solved: (frame, state) =>
    isPaths(frame) &&
    state.noise >= 1 &&
    heightsOf(frame, 0)
      .slice(-50)
      .every((height) => height < 0.05),
};

/** Momentum averages gradients. */
export const momentum = {
  name: "momentum",
  title: "Momentum",
  view: "landscape",
  state: {
    surface: "ravine",
    start: null,
    steps: 100,
    optimizers: [plainDescent(0.1), plainDescent(0.1, { momentum: 0.5 })],
    at: null,
    log: true,
    noise: 0,
    basins: null,
  },
  hide: [...HIDE, "surface"],
  text: [
    "Momentum adds an average of the earlier gradients to each step.",
    "Across the ravine the gradients change their sign and cancel; along it they agree and add up.",
    "With a momentum near 1 the point rolls past the minimum and comes back, so too much of it costs steps again.",
  ],
  task: "Open the options of the second SGD and raise its momentum until it ends below 0.001, with the learning rate left at 0.1.",
  because:
    "The average lets the point go fast along the ravine at a rate that the steep sides allow.",
  solved: (frame, state) =>
    isPaths(frame) &&
    frame.shapes.values[0] > 1 &&
    firstRate(state.optimizers[1]) <= 0.1 &&
    ends(frame, 1) < 0.001,
};

/** Rates of one's own for each weight. */
export const adaptiveRates = {
  name: "adaptive-rates",
  title: "RMSprop and Adam",
  view: "landscape",
  state: {
    surface: "plateau",
    start: [-4.5, 4],
    steps: 200,
    at: null,
    log: true,
    noise: 0,
    basins: null,
    optimizers: [
      plainDescent(0.1),
      { name: "RMSprop", on: true, options: { learning_rate: 0.01 } },
      { name: "Adam", on: true, options: { learning_rate: 0.01 } },
    ],
  },
  hide: [...HIDE, "surface"],
  text: [
    "On a plateau the gradient is small, and so are the steps of gradient descent.",
    "RMSprop divides each gradient by an average of its recent size, so that its steps are about as long as the learning rate whatever the slope.",
    "Adam does the same with momentum, and corrects both averages for their start at zero.",
  ],
  task: "Choose learning rates such that both RMSprop and Adam end below 0.01.",
  because:
    "Their learning rate is a length of steps, which does not depend on the size of the gradient.",
  solved: (frame, state) =>
    isPaths(frame) &&
    ["RMSprop", "Adam"].every((name) => {
      const place = state.optimizers.filter(({ on }) => on).findIndex((row) => row.name === name);
      return place >= 0 && place < frame.shapes.values[0] && ends(frame, place) < 0.01;
    }),
};

/** Schedules. */
export const decay = {
  name: "decay",
  title: "Decay of the learning rate",
  view: "landscape",
  state: NOISY_BOWL,
  hide: ["basins", "surface"],
  text: [
    "A big learning rate arrives fast and then wanders; a small one is quiet and slow.",
    "A schedule begins with a big rate and ends with a small one, so that it has both.",
    "Exponential decay multiplies the rate by a factor; cosine decay takes it to zero along half a wave.",
  ],
  task: "Leave the noise at 1 and the first learning rate at 0.3, and choose a schedule (its numbers are under Options) such that the last 20 heights lie below 0.02.",
  because: "At the end the rate is small, and the noise of many batches averages out.",
  solved: (frame, state) => {
    const rate = state.optimizers[0]?.options.learning_rate;
    const first =
      typeof rate === "object" &&
      Object.entries(rate.options).find(([name]) => name.endsWith("learning_rate"));
    return (
      isPaths(frame) &&
      state.noise >= 1 &&
      Boolean(first) &&
      first[1] >= 0.2 &&
      heightsOf(frame, 0)
        .slice(-20)
        .every((height) => height < 0.02)
    );
  },
};

/** Why inputs are brought to one scale. */
export const scaling = {
  name: "scaling-inputs",
  title: "Scaling the inputs",
  view: "landscape",
  state: {
    surface: "own expression",
    expression: "x^2 + 50*y^2",
    x: [-2, 2],
    y: [-2, 2],
    start: [-1.5, 1],
    steps: 60,
    optimizers: [plainDescent(0.018)],
    at: null,
    log: true,
    noise: 0,
    basins: null,
  },
  hide: HIDE,
  text: [
    "If one input is seven times as large as another, the loss curves about fifty times as much along its weight.",
    "The valley gets long and narrow: the steep direction limits the learning rate, and the flat one hardly moves.",
    "Inputs with mean 0 and standard deviation 1 make the valley round.",
  ],
  task: "Scale the second input: write 1 in place of 50 in the formula, then find a learning rate with which 60 steps end below 0.000001.",
  because:
    "In a round valley the gradient points to the minimum, and one rate suits every direction.",
  solved: (frame) => isPaths(frame) && frame.shapes.values[1] <= 61 && ends(frame, 0) < 1e-6,
};

/** Search for settings. */
export const search = {
  name: "search",
  title: "Searching for settings",
  view: "landscape",
  state: {
    surface: "rosenbrock",
    start: null,
    steps: 300,
    at: null,
    log: true,
    noise: 0,
    basins: null,
    optimizers: [
      plainDescent(0.001),
      { name: "RMSprop", on: true, options: { learning_rate: 0.05 } },
      { name: "Adam", on: true, options: { learning_rate: 0.1 } },
    ],
  },
  hide: [...HIDE, "surface"],
  text: [
    "No optimizer is the best one everywhere: its settings matter as much as its name.",
    "Search on a logarithmic scale: of rates between 0.0001 and 1, as many should be tried below 0.01 as above.",
    "Change one thing at a time first, coarsely, and then look more closely around the best.",
  ],
  task: "Find an optimizer and settings that end below 0.1 on this curved valley within 300 steps. You may add optimizers.",
  because:
    "Momentum or curvature follows the bend of the valley; a plain gradient zigzags between its walls.",
  solved: (frame) =>
    isPaths(frame) &&
    frame.shapes.values[1] <= 301 &&
    Array.from({ length: frame.shapes.values[0] }, (_, index) => ends(frame, index)).some(
      (height) => height < 0.1,
    ),
};
