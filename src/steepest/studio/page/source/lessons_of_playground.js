// The lessons that are states of the playground.

import { newLayer } from "./playground_network.js";
import { usualState } from "./playground_settings.js";

const HIDDEN = ["stop", "loss", "batch", "picture"];
const NOISY = { name: "gauss", points: 300, noise: 0.5, share: 0.1, classes: 2, seed: 0 };
const ADAM = { name: "Adam", options: { learning_rate: 0.01 } };

const begin = (changes) => ({ ...usualState(), ...changes });
const made = (name) => ({ name, points: 500, noise: 0, share: 0.5, classes: 2, seed: 0 });
const wide = () => [
  newLayer({ units: 16, activation: "relu" }),
  newLayer({ units: 16, activation: "relu" }),
];

/**
 * Whether a frame is of a training that began in this lesson: earlier frames may still arrive.
 */
function isProgress(frame, memory, epochs = 1) {
  if (frame?.kind !== "progress") return false;
  if (frame.data.epoch === 0) memory.began = true;
  return Boolean(memory.began) && frame.data.epoch >= epochs;
}

function accuracy(frame, part = "test") {
  return frame.data.scores[part]?.accuracy ?? 0;
}

/** One unit. */
export const perceptron = {
  name: "perceptron",
  title: "The perceptron",
  view: "playground",
  state: begin({ data: made("gauss"), layers: [] }),
  hide: [...HIDDEN, "features", "findings", "confusion"],
  text: [
    "A single unit multiplies each input by a weight, adds a bias, and gives the probability of the second class.",
    "Where this probability is a half, the map has a line: the boundary, which is always straight.",
    "Training turns and moves it until as many points as possible are on the right side.",
  ],
  task: "Train the network (the round button, or the space key) until the test accuracy is at least 97 %.",
  because: "A straight line separates these two clouds.",
  solved: (frame, _state, memory) => isProgress(frame, memory) && accuracy(frame) >= 0.97,
};

/** Activations. */
export const nonLinearity = {
  name: "non-linearity",
  title: "Why activations must not be linear",
  view: "playground",
  state: begin({ data: made("circle"), layers: [newLayer({ activation: "linear" })] }),
  hide: [...HIDDEN, "features", "findings", "confusion"],
  text: [
    "A layer without an activation multiplies and adds, and two such layers in a row make one of the same kind.",
    "However many linear layers there are, the boundary stays a straight line.",
    "An activation that bends, such as tanh or relu, lets each unit bend the plane.",
  ],
  task: "Train once and see that it fails. Then choose another activation for the layer, and train to a test accuracy of at least 95 %.",
  because: "Four bent units are enough to close a curve around the middle.",
  solved: (frame, state, memory) =>
    isProgress(frame, memory) &&
    accuracy(frame) >= 0.95 &&
    state.layers.some(({ activation }) => activation !== "linear"),
};

/** The oldest argument for hidden layers. */
export const exclusiveOr = {
  name: "xor",
  title: "Exclusive or",
  view: "playground",
  state: begin({ data: made("xor"), layers: [] }),
  hide: [...HIDDEN, "features", "findings", "confusion"],
  text: [
    "The class is 1 where exactly one of the two inputs is positive.",
    "No straight line separates these classes, so that a perceptron cannot learn them.",
    "Units of a hidden layer each draw a line of their own, and the output combines them.",
  ],
  task: "Add a hidden layer (+ layer), give it as many units as it needs, and train to a test accuracy of at least 90 %.",
  because: "Each hidden unit cuts the plane once; the output joins the parts.",
  solved: (frame, state, memory) =>
    isProgress(frame, memory) && accuracy(frame) >= 0.9 && state.layers.length > 0,
};

/** What is minimised. */
export const theLoss = {
  name: "loss",
  title: "The loss",
  view: "playground",
  state: begin({ data: made("circle"), layers: [newLayer()], log: true }),
  hide: [...HIDDEN, "features", "findings"],
  text: [
    "The loss is what training makes small: for two classes it is minus the logarithm of the probability of the true class, on average.",
    "Guessing gives log 2, which is 0.693; a class that is wrong with certainty costs without limit.",
    "Accuracy only counts which side of a half each point is on, so it can rest at 100 % while the loss still falls.",
  ],
  task: "Train until the training loss is below 0.1, and watch the accuracy on the way.",
  because: "The loss went on falling after the accuracy had reached its best.",
  solved: (frame, _state, memory) =>
    isProgress(frame, memory) && frame.data.train_loss !== null && frame.data.train_loss < 0.1,
};

/** Symmetry. */
export const initialWeights = {
  name: "initial-weights",
  title: "Initial weights",
  view: "playground",
  state: begin({
    data: made("circle"),
    layers: [0, 1].map(() => newLayer({ initializer: { name: "Zeros", options: {} } })),
  }),
  hide: [...HIDDEN, "features", "confusion"],
  text: [
    "If all weights begin at zero, all units of a layer compute the same and get the same gradient, for ever.",
    "Random weights break this symmetry; their size decides whether signals vanish or explode from layer to layer.",
    "Glorot's and He's rules choose the size by the number of inputs and outputs of the layer.",
  ],
  task: "Train a little and see that nothing happens. Then open the options of each layer, choose other initial weights, and train to a test accuracy of at least 95 %.",
  because: "Units that begin differently learn different things.",
  solved: (frame, state, memory) =>
    isProgress(frame, memory) &&
    accuracy(frame) >= 0.95 &&
    state.layers.every(({ initializer }) => initializer.name !== "Zeros"),
};

/** High variance. */
export const overfitting = {
  name: "overfitting",
  title: "Over- and underfitting",
  view: "playground",
  state: begin({
    data: NOISY,
    layers: wide(),
    optimizer: ADAM,
    speed: "100",
    showTest: true,
    batch: 10,
  }),
  hide: [...HIDDEN, "features"],
  text: [
    "A network with too few units underfits: even the training points are wrong.",
    "One with many units and few points overfits: the training loss falls towards zero while the test loss rises again.",
    "More training points are the surest remedy.",
  ],
  task: "Train for 300 epochs and see the test loss rise. Then set the share for training to 0.8 or more, start again, and train 200 epochs: the test loss must stay below 0.75.",
  because: "With eight times as many points there is less room to learn the noise by heart.",
  solved: (frame, state, memory) =>
    isProgress(frame, memory, 200) && state.data.share >= 0.8 && frame.data.test_loss < 0.75,
};

/** Penalties. */
export const penalties = {
  name: "l1-l2",
  title: "L1 and L2",
  view: "playground",
  state: begin({ data: NOISY, layers: wide(), optimizer: ADAM, speed: "10", showTest: true }),
  hide: [...HIDDEN, "features", "share"],
  text: [
    "A regularizer adds a penalty for large weights to the loss.",
    "L2 adds their squares, which makes all of them smaller; L1 adds their absolute values, which makes many of them zero.",
    "Small weights make smooth boundaries, which follow the noise less.",
  ],
  task: "Open the options of both layers, choose L2, start again, and train 300 epochs: the test loss must be below 0.5.",
  because: "The penalty keeps the boundary smooth, although there are few points.",
  solved: (frame, state, memory) =>
    isProgress(frame, memory, 300) &&
    state.data.share <= 0.1 &&
    state.layers.some(({ regularizer }) => regularizer) &&
    frame.data.test_loss < 0.5,
};

/** Units that are left out at random. */
export const dropout = {
  name: "dropout",
  title: "Dropout",
  view: "playground",
  state: begin({ data: NOISY, layers: wide(), optimizer: ADAM, speed: "10", showTest: true }),
  hide: [...HIDDEN, "features", "share"],
  text: [
    "Dropout leaves out a random part of the units in each training step.",
    "No unit can then rely on one other unit alone, so that the network learns the same thing in several ways.",
    "When the network predicts, all units take part.",
  ],
  task: "Open the options of both layers, set dropout to about 0.5, start again, and train 300 epochs: the test loss must be below 0.8.",
  because: "The network is an average of many smaller ones, and averages follow the noise less.",
  solved: (frame, state, memory) =>
    isProgress(frame, memory, 300) &&
    state.data.share <= 0.1 &&
    state.layers.some(({ dropout: share }) => share > 0) &&
    frame.data.test_loss < 0.8,
};

/** The best moment. */
export const earlyStopping = {
  name: "early-stopping",
  title: "Early stopping",
  view: "playground",
  state: begin({ data: NOISY, layers: wide(), optimizer: ADAM, speed: "10", showTest: true }),
  hide: ["loss", "batch", "picture", "features", "share", "confusion"],
  text: [
    "The test loss of a network that overfits falls first, and rises later.",
    "Early stopping ends the training near the lowest point, which costs nothing and saves time.",
    "Points that decide when to stop are no longer a fair test: for a report, a third part is needed.",
  ],
  task: "Under Stop at, set a condition with which the training ends by itself at a test loss below 0.45.",
  because: "It stopped before the noise was learned by heart.",
  solved: (frame, _state, memory) =>
    isProgress(frame, memory) &&
    Boolean(frame.data.ended) &&
    frame.data.ended !== "diverged" &&
    frame.data.test_loss < 0.45,
};

/** Deep networks of saturating units. */
export const batchNormalisation = {
  name: "batch-normalisation",
  title: "Batch normalisation",
  view: "playground",
  state: begin({
    data: made("circle"),
    layers: Array.from({ length: 6 }, () => newLayer({ units: 6, activation: "sigmoid" })),
    speed: "100",
  }),
  hide: [...HIDDEN, "features", "confusion"],
  text: [
    "In this deep network of sigmoids the signals of all points become nearly the same from layer to layer, and so do the gradients.",
    "Batch normalisation brings the outputs of each unit to mean 0 and standard deviation 1 within the batch, and lets the network scale them again.",
    "Then each layer gets signals of a size with which it can learn.",
  ],
  task: "Train and see that the loss stays at 0.69. Then choose batch normalisation in the options of every layer, start again, and train to a test accuracy of at least 90 %.",
  because: "Signals and gradients keep their size through all six layers.",
  solved: (frame, state, memory) =>
    isProgress(frame, memory) &&
    accuracy(frame) >= 0.9 &&
    state.layers.filter(({ normalisation }) => normalisation === "batch").length >= 3,
};

/** Which of two faults a network has. */
export const biasAndVariance = {
  name: "bias-variance",
  title: "Bias and variance",
  view: "playground",
  state: begin({
    data: made("spiral"),
    layers: [newLayer({ units: 2 })],
    optimizer: ADAM,
    speed: "100",
  }),
  hide: [...HIDDEN, "confusion"],
  text: [
    "A training accuracy that is low means high bias: the network is too small, or trained too briefly.",
    "A training accuracy that is high and a test accuracy that is much lower mean high variance: more points or a regularizer help.",
    "Look at the training first: there is no point in more data while the bias is high.",
  ],
  task: "This network has high bias. Change it until both the training and the test accuracy are at least 95 %.",
  because:
    "More units removed the bias, and there were points enough for the variance to stay small.",
  solved: (frame, _state, memory) =>
    isProgress(frame, memory) && accuracy(frame) >= 0.95 && accuracy(frame, "train") >= 0.95,
};
