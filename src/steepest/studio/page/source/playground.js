// The playground: data, features, a network that trains while one changes it, and what it says.

import { choiceWithOptions } from "./choice_with_options.js";
import { button, choiceControl, group, numberControl, tickControl } from "./controls.js";
import { element, say } from "./dom.js";
import { inOrder } from "./latest.js";
import { percent, shortNumber } from "./numbers.js";
import { dataControls } from "./playground_data.js";
import { findingsBox } from "./playground_findings.js";
import { newLayer, playgroundNetwork } from "./playground_network.js";
import { playgroundOutput } from "./playground_output.js";
import { same } from "./store.js";

const SPEEDS = [
  ["1", "1 step a picture"],
  ["10", "10 steps a picture"],
  ["100", "100 steps a picture"],
  ["1000", "1000 steps a picture"],
  ["unlimited", "as fast as it can"],
];
const SENT = ["data", "features", "layers", "optimizer", "loss", "batch", "seed", "stop"];

/** The view. */
export const playground = {
  name: "playground",
  title: "Playground",
  keys: [
    ["space", "train or pause"],
    [".", "one epoch"],
    ["r", "start again with new weights"],
    ["u", "undo the last change"],
  ],
  initial: () => ({
    data: { name: "circle", points: 500, noise: 0, share: 0.5, classes: 2, seed: 0 },
    features: ["x", "y"],
    layers: [newLayer(), newLayer({ units: 2 })],
    optimizer: { name: "SGD", options: { learning_rate: 0.03 } },
    loss: null,
    batch: 10,
    seed: 0,
    stop: {},
    speed: "10",
    showTest: false,
    steps: false,
    log: false,
  }),
  mount: mountPlayground,
};

function mountPlayground(context) {
  const { state, theme, hello } = context;
  const get = () => state.get();
  const colors = () => theme.get().colors;
  const brush = { label: 1 };
  const live = {
    state: null,
    points: null,
    progress: null,
    map: null,
    units: null,
    marks: [],
    looked: [null, null],
    running: false,
    adopting: false,
    newest: null,
  };

  const set = (patch) => state.set(patch);
  const data = dataControls({ get: () => get().data, set: (value) => set({ data: value }), brush });
  const network = playgroundNetwork({
    catalogue: hello.catalogue,
    get,
    set,
    colors,
    act,
    weights: () => live.units,
    look: (column, unit) => {
      live.looked = [column, unit];
      output.look(column, unit);
    },
  });
  const output = playgroundOutput({ live, get, set, colors, brush });
  const findings = findingsBox({ back: (rate) => act("back", { rate }) });
  const bar = runBar({ get, set, live, act, toggle });
  const settings = settingsOf({ catalogue: hello.catalogue, get, set });

  const ask = inOrder((name, values) => context.ask(name, values));

  /** What the engine does not have yet. */
  function differences() {
    const known = live.state?.data.state ?? {};
    const changed = SENT.filter((name) => !same(get()[name], known[name]));
    if (live.progress?.data.epoch && changed.length)
      live.marks.push({ place: live.progress.data.epoch, text: changed.join(", ") });
    return Object.fromEntries(changed.map((name) => [name, get()[name]]));
  }

  /** Sends what differs, once what was asked before is answered. */
  async function changedHere() {
    const version = {};
    live.newest = version;
    await act(
      "set",
      () => (live.newest === version ? { changes: differences() } : null),
      () => {
        context.clear(...SENT);
        if (live.newest === version) live.newest = null;
      },
    );
  }

  async function begin() {
    const isFresh = SENT.every((name) => same(get()[name], playground.initial()[name]));
    live.newest = isFresh && !context.isLesson ? null : {};
    act("show");
    if (live.newest) changedHere();
    if (context.isLesson) {
      act("pause");
      act("reset");
    }
  }

  /** Asks for something; `values` may be a function that gives them, or null, when it is sent. */
  async function act(name, values = {}, answered = () => {}) {
    if (name === "reset") live.marks = [];
    try {
      const frame = await ask(name, values);
      answered();
      if (frame) take(frame);
    } catch (error) {
      answered();
      context.failed(error);
    }
  }

  function toggle() {
    if (live.running) act("pause");
    else act("run", { speed: speedOf(get().speed) });
  }

  function take(frame) {
    if (frame.kind === "state") adopt(frame);
    else if (frame.kind === "finding") findings.show(frame);
    else if (frame.kind in live) live[frame.kind] = frame;
    if (frame.kind === "progress") context.announce(output.summary());
    if (frame.kind === "units") network.paint(...output.unitMaps());
    bar.update();
    output.redraw();
  }

  /** Takes the state of the engine, which another page or an undo may have changed. */
  function adopt(frame) {
    live.state = frame;
    live.running = frame.data.running;
    const known = frame.data.state;
    if (live.newest === null && SENT.some((name) => !same(known[name], get()[name]))) {
      live.adopting = true;
      set(Object.fromEntries(SENT.map((name) => [name, known[name]])));
      live.adopting = false;
    }
    network.update(output.names());
  }

  const unwatch = theme.subscribe(() => {
    network.paint(...output.unitMaps());
    output.redraw();
  });

  return {
    element: element(
      "div",
      { class: "playground" },
      bar.element,
      element("div", { class: "side" }, data.element, settings.element),
      element("div", { class: "network-area" }, network.element, findings.element),
      element("div", { class: "output-area" }, output.element),
    ),
    update(now, before) {
      if (!before) begin();
      else if (!live.adopting && SENT.some((name) => !same(now[name], before[name]))) changedHere();
      if (before && now.speed !== before.speed && live.running)
        act("run", { speed: speedOf(now.speed) });
      data.update();
      settings.update(now);
      network.update(output.names());
      bar.update();
      output.update(now);
    },
    pushed: take,
    keydown(event) {
      const key = {
        " ": toggle,
        ".": () => act("step"),
        r: () => act("reset"),
        u: () => act("undo"),
      }[event.key];
      if (key) key();
      return Boolean(key);
    },
    python: () => ({}),
    close: unwatch,
  };
}

function speedOf(speed) {
  return speed === "unlimited" ? speed : Number(speed);
}

function runBar({ get, set, live, act, toggle }) {
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
  const keep = button("Compare", () => act(live.state?.data.kept ? "forget" : "keep"), {
    "data-id": "compare",
    title: "stores this curve, to compare the next run with it",
  });
  const facts = element("p", { class: "run-facts-line", "data-id": "facts" });
  const box = element(
    "div",
    { class: "run-bar", role: "group", "aria-label": "training", "data-part": "run" },
    play,
    button("Step", () => act("step"), { title: "one epoch (.)", "data-id": "step" }),
    button("Start again", () => act("reset"), { title: "new weights (r)", "data-id": "reset" }),
    undo,
    keep,
    speed.element,
    facts,
  );
  return {
    element: box,
    update() {
      play.textContent = live.running ? "❚❚" : "▶";
      play.setAttribute("aria-label", live.running ? "pause" : "train");
      undo.disabled = !live.state?.data.can_undo;
      say(keep, live.state?.data.kept ? "Compare no more" : "Compare");
      speed.set(get().speed);
      if (live.progress) say(facts, factsOfProgress(live.progress.data));
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

function settingsOf({ catalogue, get, set }) {
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
  const seed = numberControl({
    label: "Seed",
    field: "seed",
    part: "seed",
    low: 0,
    high: 2 ** 24,
    whole: true,
    slider: false,
    compact: true,
    value: get().seed,
    change: (value) => set({ seed: value }),
  });
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
