// The settings of the playground's training, and the bar that runs it.

import { choiceWithOptions } from "./choice_with_options.js";
import {
  button,
  choiceControl,
  group,
  numberControl,
  seedControl,
  tickControl,
} from "./controls.js";
import { element, say } from "./dom.js";
import { percent, shortNumber } from "./numbers.js";

/** The settings beside data and layers that the playground and its lessons begin with. */
export const usualState = () => ({
  features: ["x", "y"],
  optimizer: { name: "SGD", options: { learning_rate: 0.03 } },
  loss: null,
  batch: 10,
  seed: 0,
  stop: {},
  other: null,
  speed: "10",
  showTest: false,
  steps: false,
  log: false,
});

/**
 * Optimizer, batch, loss, seed, conditions to stop, and what the map shows.
 * @param {{catalogue: any, get: () => any, set: (patch: any) => void}} given
 * @returns {{element: HTMLElement, update: (now: any) => void}}
 */
export function settingsOf({ catalogue, get, set }) {
  const optimizer = choiceWithOptions({
    catalogue,
    kind: "optimizer",
    label: "Optimizer",
    field: "optimizer",
    part: "optimizer",
    leading: ["learning_rate", "momentum"],
    value: get().optimizer,
    change: (value) => set({ optimizer: value }),
  });
  const batch = numberControl({
    label: "Batch",
    field: "batch",
    part: "batch",
    low: 1,
    high: 5000,
    whole: true,
    log: true,
    explain: "Rows for one step.",
    value: get().batch,
    change: (value) => set({ batch: value }),
  });
  const loss = choiceWithOptions({
    catalogue,
    kind: "loss",
    label: "Loss",
    none: "the usual one",
    field: "loss",
    part: "loss",
    value: get().loss,
    change: (value) => set({ loss: value }),
  });
  const seed = seedControl(get().seed, (value) => set({ seed: value }));
  const stop = (name, label, words) => {
    const control = numberControl({
      ...words,
      label,
      field: `stop.${name}`,
      optional: true,
      slider: false,
      compact: true,
      value: get().stop[name] ?? null,
      change: (value) => set({ stop: { ...get().stop, [name]: value } }),
    });
    return { element: control.element, update: (now) => control.set(now.stop[name] ?? null) };
  };
  const stops = [
    stop("epochs", "epochs", { low: 1, high: 1e6, whole: true }),
    stop("train_loss", "training loss below", { low: 0 }),
    stop("test_loss", "test loss below", { low: 0 }),
    stop("accuracy", "test accuracy above", { low: 0, high: 1 }),
  ];
  const test = tickControl({
    label: "show test points",
    compact: true,
    part: "test",
    value: get().showTest,
    change: (value) => set({ showTest: value }),
  });
  const steps = tickControl({
    label: "two colours only",
    compact: true,
    part: "steps",
    value: get().steps,
    change: (value) => set({ steps: value }),
  });
  return {
    element: element(
      "div",
      { class: "side" },
      group(
        "Training",
        { "data-part": "training" },
        optimizer.element,
        batch.element,
        loss.element,
        seed.element,
      ),
      group(
        "Stop at",
        { "data-part": "stop" },
        element(
          "div",
          { class: "pairs" },
          stops.map((each) => each.element),
        ),
      ),
      group("Picture", { "data-part": "picture" }, test.element, steps.element),
    ),
    update(now) {
      optimizer.set(now.optimizer);
      batch.set(now.batch);
      loss.set(now.loss);
      seed.set(now.seed);
      test.set(now.showTest);
      steps.set(now.steps);
      for (const each of stops) each.update(now);
    },
  };
}

const SPEEDS = [
  ["1", "1 step a picture"],
  ["10", "10 steps a picture"],
  ["100", "100 steps a picture"],
  ["1000", "1000 steps a picture"],
  ["unlimited", "as fast as it can"],
];

/**
 * The speed as it is sent.
 * @param {string} speed
 * @returns {number | string}
 */
export function speedOf(speed) {
  return speed === "unlimited" ? speed : Number(speed);
}

/**
 * The buttons that train, and the facts of the training.
 * @param {any} given
 * @returns {{element: HTMLElement, update: () => void}}
 */
export function runBar({ get, set, live, act, toggle, compare }) {
  const play = button("▶", toggle, {
    class: "play",
    "aria-label": "train",
    title: "train or pause (space)",
    "data-id": "play",
  });
  const speed = choiceControl({
    label: "speed",
    compact: true,
    part: "speed",
    options: SPEEDS.map(([value, label]) => ({ value, label })),
    value: get().speed,
    change: (value) => set({ speed: value }),
  });
  const undo = button("Undo", () => act("undo"), {
    title: "takes the last change back (u)",
    "data-id": "undo",
  });
  const both = button("Compare", compare, {
    "data-id": "compare",
    title: "a second network keeps these settings and trains beside this one, on the same points",
  });
  const facts = element("p", { class: "run-facts-line", "data-id": "facts" });
  const others = element("p", { class: "run-facts-line", "data-id": "other-facts", hidden: true });
  const differ = element("p", { class: "run-facts-line", "data-id": "differences", hidden: true });
  const box = element(
    "div",
    { class: "run-bar", role: "group", "aria-label": "training", "data-part": "run" },
    play,
    button("Step", () => act("step"), { title: "one epoch (.)", "data-id": "step" }),
    button("Start again", () => act("reset"), { title: "new weights (r)", "data-id": "reset" }),
    undo,
    both,
    speed.element,
    facts,
    others,
    differ,
  );
  return {
    element: box,
    update() {
      play.textContent = live.running ? "❚❚" : "▶";
      play.setAttribute("aria-label", live.running ? "pause" : "train");
      undo.disabled = !live.state?.data.can_undo;
      say(both, get().other ? "Compare no more" : "Compare");
      speed.set(get().speed);
      if (!live.progress) return;
      const { data } = live.progress;
      const other = get().other && data.other;
      say(facts, `${other ? "this: " : ""}${factsOfProgress(data)}`);
      others.hidden = !other;
      if (other) {
        const { differences } = live.state.data;
        say(others, `compared: ${factsOfProgress(other)}`);
        say(
          differ,
          differences.length
            ? `compared → this: ${differences.join("; ")}`
            : "the settings are the same so far: change one, and train",
        );
      }
      differ.hidden = !other;
    },
  };
}

function factsOfProgress({
  epoch,
  step,
  train_loss: train,
  test_loss: test,
  scores,
  steps_per_second: speed,
  ended,
}) {
  const parts = [`epoch ${epoch}${step ? ` + ${step} steps` : ""}`];
  for (const [name, loss, score] of [
    ["training", train, scores.train],
    ["test", test, scores.test],
  ]) {
    const words = [];
    if (loss !== null && loss !== undefined) words.push(`loss ${shortNumber(loss, 3)}`);
    if (typeof score?.accuracy === "number") words.push(`accuracy ${percent(score.accuracy)}`);
    if (typeof score?.r2 === "number") words.push(`R² ${shortNumber(score.r2, 3)}`);
    if (words.length) parts.push(`${name}: ${words.join(", ")}`);
  }
  if (speed) parts.push(`${shortNumber(Math.round(speed), 3)} steps a second`);
  if (ended) parts.push(ended);
  return parts.join(" · ");
}
