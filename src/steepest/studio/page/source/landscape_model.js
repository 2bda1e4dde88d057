// The plane through the weights of the opened model, on which the landscape shows its loss.

import { choiceControl, errorLine, numberControl } from "./controls.js";
import { element, refill } from "./dom.js";
import { percent, shortNumber } from "./numbers.js";
import { same } from "./store.js";

const PLANES = [
  { value: "random", label: "two random directions" },
  { value: "weights", label: "two weights" },
  { value: "training", label: "path of a training" },
];
const WORDS = {
  random: "Each unit moves as far as its own weights are large; the two directions are orthogonal.",
  weights: "All other weights stay as they are.",
  training:
    "A copy with new weights is trained; the plane is that of the two first principal components of its path.",
};

/** The plane of a new state. */
export const FIRST_PLANE = {
  plane: "random",
  weights: null,
  extent: null,
  rows: 1000,
  seed: 0,
  epochs: 20,
};

/** The plane of a state; what a link leaves out is as in a new state. @returns {any} */
export function planeOf({ plane }) {
  return { ...FIRST_PLANE, ...plane };
}

/**
 * The controls of the plane; `update` shows a state.
 * @param {any} context
 * @returns {{element: HTMLElement, update: (now: any) => void}}
 */
export function planeControls(context) {
  const get = () => planeOf(context.state.get());
  const set = (patch) =>
    context.state.set({ plane: { ...get(), ...patch }, start: null, at: null });
  const number = (name, given) =>
    numberControl({
      field: `surface.model.${name}`,
      slider: false,
      compact: true,
      whole: true,
      value: get()[name],
      change: (value) => set({ [name]: value }),
      ...given,
    });
  const plane = choiceControl({
    label: "Plane",
    field: "surface.model.plane",
    compact: true,
    options: PLANES,
    value: get().plane,
    change: (value) => set({ plane: value }),
  });
  const parts = {
    extent: number("extent", {
      label: "Reach",
      explain: "How far the plane goes from the model; empty for the usual.",
      low: 1e-6,
      high: 1e6,
      whole: false,
      optional: true,
    }),
    seed: number("seed", { label: "Seed of the plane", low: 0, high: 2 ** 24 }),
    epochs: number("epochs", { label: "Epochs", low: 2, high: 500 }),
    rows: number("rows", { label: "Rows", low: 1, high: 100000 }),
  };
  const words = element("p", { class: "explained" });
  const pickers = element("div", { "data-field": "surface.model.weights" });
  const wrong = errorLine();
  pickers.showWrong = wrong.answered;
  const numbers = Object.values(parts).map((each) => each.element);
  const box = element(
    "div",
    { class: "own", "data-id": "plane" },
    plane.element,
    words,
    pickers,
    wrong.element,
    element("div", { class: "pairs" }, numbers),
  );
  let known = null;
  let drawn = null;

  async function ask() {
    known = [];
    try {
      known = (await context.ask("weights", {})).data.weights;
    } catch (error) {
      context.failed(error);
    }
    if (known.length && !get().weights) set({ weights: firstTwo(known) });
    else showPickers();
  }

  function showPickers() {
    const { weights } = get();
    if (!known?.length || !weights || same(drawn, weights)) return;
    const isTyped = drawn && same(drawn.map(pathOf), weights.map(pathOf));
    drawn = weights;
    if (isTyped && pickers.contains(document.activeElement)) return;
    const change = (place, name) =>
      set({ weights: get().weights.map((each, at) => (at === place ? name : each)) });
    refill(
      pickers,
      weights.map((name, place) =>
        weightPicker(place ? "Upwards" : "Across", name, known, (next) => change(place, next)),
      ),
    );
  }

  return {
    element: box,
    update(now) {
      const shown = planeOf(now);
      const kind = shown.plane;
      plane.set(kind);
      words.textContent = WORDS[kind];
      for (const [name, control] of Object.entries(parts)) control.set(shown[name]);
      pickers.hidden = kind !== "weights";
      parts.epochs.element.hidden = kind !== "training";
      parts.extent.element.hidden = kind === "training";
      if (kind !== "weights") wrong.answered(null);
      else if (known === null) ask();
      else showPickers();
    },
  };
}

/** The weight of a name such as "dense/kernel[0, 1]". */
function pathOf(name) {
  return name.replace(/\[[^\]]*\]$/, "");
}

function placeIn(name) {
  return (name.match(/\[([^\]]*)\]$/)?.[1] ?? "0").split(",").map(Number);
}

function nameOf(path, place) {
  return `${path}[${place.join(", ")}]`;
}

/** Two numbers of the first array that has two. */
function firstTwo(known) {
  const { path, shape } = known.find(({ shape: sizes }) => sizes.some((size) => size > 1)) ?? known[0];
  const zero = shape.map(() => 0);
  const axis = shape.findIndex((size) => size > 1);
  if (axis < 0) return known.slice(0, 2).map((each) => nameOf(each.path, each.shape.map(() => 0)));
  return [zero, zero.map((each, at) => (at === axis ? 1 : each))].map((at) => nameOf(path, at));
}

function weightPicker(label, name, known, change) {
  const [path, place] = [pathOf(name), placeIn(name)];
  const { shape } = known.find((each) => each.path === path) ?? known[0];
  const axisName = (axis) =>
    shape.length === 1 ? "unit" : shape.length === 2 ? ["row", "column"][axis] : `axis ${axis}`;
  return element(
    "div",
    { class: "weight-picker", role: "group", "aria-label": `${label}: a weight` },
    choiceControl({
      label,
      options: known.map((each) => each.path),
      value: path,
      change: (next) =>
        change(nameOf(next, known.find((each) => each.path === next).shape.map(() => 0))),
    }).element,
    element(
      "div",
      { class: "pairs" },
      shape.map(
        (size, axis) =>
          numberControl({
            label: axisName(axis),
            compact: true,
            slider: false,
            whole: true,
            low: 0,
            high: size - 1,
            value: place[axis] ?? 0,
            change(value) {
              place[axis] = value;
              change(nameOf(path, place));
            },
          }).element,
      ),
    ),
  );
}

/**
 * What is known of a training on its plane, as a sentence.
 * @param {any} frame
 * @returns {string}
 */
export function wordsOfTraining({ data, arrays }) {
  const [one, other] = data.explained;
  const steps = arrays.steps.at(-1);
  return (
    `The line is a training of ${steps} steps, from □ to ●. The plane shows ${percent(one)} and ` +
    `${percent(other)} of its squared distances from the end; it is at most ` +
    `${shortNumber(data.residual, 3)} off the plane, and at most ${shortNumber(data.distance, 3)} from the end.`
  );
}
