// Backprop under the microscope: one row forward, backward, and the update, step by step in numbers.

import { button, group } from "./controls.js";
import { element, refill } from "./dom.js";
import { latestOnly } from "./latest.js";
import { microscopeControls } from "./microscope_controls.js";
import { shortNumber } from "./numbers.js";
import { saveNumbers } from "./picture.js";
import { createPlayer } from "./player.js";
import { same } from "./store.js";

const SECONDS_PER_STEP = 1.25;
const SENT = ["inputs", "targets", "layers", "loss", "initializer", "seed", "rate"];
const PHASES = { forward: "Forward", backward: "Backward", update: "Update" };

/** The view. */
export const microscope = {
  name: "microscope",
  title: "Microscope",
  keys: [
    ["space", "slow motion, or pause"],
    [".", "one step"],
    [",", "one step back"],
    ["r", "back to the start"],
  ],
  initial: () => ({
    inputs: [1, 0.5],
    targets: [1],
    layers: [
      { units: 2, activation: "tanh" },
      { units: 1, activation: "sigmoid" },
    ],
    loss: { name: "MeanSquaredError", options: {} },
    initializer: { name: "GlorotUniform", options: {} },
    seed: 0,
    rate: 0.1,
    at: 0,
  }),
  mount: mountMicroscope,
};

function mountMicroscope(context) {
  const { state, hello } = context;
  const get = () => state.get();
  let frame = null;
  let steps = [];
  const current = element("section", {
    class: "group current-step",
    "aria-live": "off",
    "data-id": "step",
  });
  const arrays = element("div", { class: "arrays", "data-id": "arrays" });
  const save = element(
    "p",
    { class: "row" },
    button("CSV", () => frame && saveNumbers("steepest_microscope", rowsOfArrays(frame)), {
      class: "tool",
      "aria-label": "save all numbers as CSV",
    }),
  );
  const player = createPlayer({
    word: "slow motion",
    count: () => Math.max(1, steps.length - 1),
    get: () => get().at,
    show: (at) => state.set({ at }),
    seconds: () => SECONDS_PER_STEP * steps.length,
    all: "Last step",
    first: 1,
  });
  const controls = microscopeControls({ state, catalogue: hello.catalogue });

  const fetchRow = latestOnly(
    (given) => context.ask("row", given),
    (answer) => {
      frame = answer;
      steps = stepsOf(frame);
      context.clear(...SENT);
      show();
    },
    context.failed,
  );

  function show() {
    player.update();
    if (!frame) return;
    const at = Math.min(get().at ?? steps.length - 1, steps.length - 1);
    const step = steps[at];
    refill(
      current,
      element("h3", {}, PHASES[step.phase]),
      element("p", { class: "step-formula" }, step.formula),
      element("div", { class: "matrices" }, [
        ...step.reads
          .filter((name) => name in frame.arrays)
          .map((name) => matrix(frame, name, "read")),
        resultOfStep(frame, step),
      ]),
      element(
        "ul",
        { class: "in-numbers" },
        inNumbers(frame, step, get().rate).map((line) => element("li", {}, line)),
      ),
    );
    const known = new Set([
      "a_0",
      "targets",
      ...Object.keys(frame.arrays).filter((name) => /^[wb]_/.test(name)),
      ...steps.slice(0, at + 1).map(({ name }) => name),
    ]);
    refill(
      arrays,
      layersOf(frame).map((names, layer) =>
        element(
          "section",
          { class: "layer-arrays", "aria-label": layer ? `layer ${layer}` : "input" },
          element(
            "h4",
            {},
            layer
              ? `Layer ${layer}${frame.data.activations[layer - 1] ? ` (${frame.data.activations[layer - 1]})` : ""}`
              : "Row",
          ),
          names.map((name) =>
            known.has(name)
              ? matrix(
                  frame,
                  name,
                  name === step.name ? "made" : step.reads.includes(name) ? "read" : "",
                )
              : unknown(name),
          ),
        ),
      ),
      element(
        "p",
        { class: "fact" },
        known.has("loss") ? `loss = ${shortNumber(frame.data.loss, 6)}` : "loss: not computed yet",
      ),
    );
    context.announce(`${PHASES[step.phase]}: ${step.formula}`);
  }

  return {
    element: element(
      "div",
      { class: "microscope" },
      element("div", { class: "side" }, controls.element),
      element("div", { class: "main-column" }, player.element, current, arrays, save),
    ),
    update(now, before) {
      controls.update(now);
      if (!before || SENT.some((name) => !same(now[name], before[name])))
        fetchRow(Object.fromEntries(SENT.map((name) => [name, now[name]])));
      show();
    },
    keydown(event) {
      const act = {
        " ": player.toggle,
        ".": player.step,
        r: player.rewind,
        ",": () => {
          player.stop();
          state.set({ at: Math.max(0, (get().at ?? steps.length) - 1) });
        },
      }[event.key];
      if (act) act();
      return Boolean(act);
    },
    python: () => ({ with: Object.fromEntries(SENT.map((name) => [name, get()[name]])) }),
    close: player.stop,
  };
}

function stepsOf({ data }) {
  const phase = (name) => (name.startsWith("new_") ? "update" : "backward");
  return [
    ...data.forward.map((step) => ({ ...step, phase: "forward" })),
    ...data.backward.map((step) => ({ ...step, phase: phase(step.name) })),
  ];
}

/** The names of the arrays by layer, those of the row first. */
function layersOf({ arrays }) {
  const groups = [["a_0", "targets"]];
  for (let layer = 1; `w_${layer}` in arrays; layer += 1) {
    groups.push(
      ["w", "b", "z", "a", "delta", "dw", "db", "new_w", "new_b"].map((name) => `${name}_${layer}`),
    );
  }
  return groups;
}

function rowsOfArrays(frame) {
  const body = Object.entries(frame.arrays).flatMap(([name, values]) => {
    const columns = frame.shapes[name].at(-1) ?? 1;
    return [...values].map((value, at) => [name, Math.floor(at / columns), at % columns, value]);
  });
  return { head: ["array", "row", "column", "value"], body: [...body, ["loss", 0, 0, frame.data.loss]] };
}

function shapeOf(frame, name) {
  const shape = frame.shapes[name];
  return shape.length === 2 ? shape : [1, shape[0] ?? 1];
}

function matrix(frame, name, role) {
  const [rows, columns] = shapeOf(frame, name);
  const cells = (row) =>
    Array.from({ length: columns }, (_, column) =>
      element("td", {}, shortNumber(frame.arrays[name][row * columns + column], 4)),
    );
  return element(
    "table",
    { class: `matrix ${role}`, "data-array": name },
    element("caption", {}, name),
    element(
      "tbody",
      {},
      Array.from({ length: rows }, (_, row) => element("tr", {}, cells(row))),
    ),
  );
}

function unknown(name) {
  return element("span", { class: "matrix unknown", "data-array": name }, `${name}: not yet`);
}

function resultOfStep(frame, step) {
  return step.name === "loss"
    ? element("p", { class: "loss-value" }, `loss = ${shortNumber(frame.data.loss, 6)}`)
    : matrix(frame, step.name, "made");
}

/** The formula of a step with the numbers of each unit, as they are in the arrays. */
function inNumbers(frame, step, rate) {
  const [kind, layer] = [step.name.replace(/_\d+$/, ""), Number(step.name.match(/\d+$/)?.[0] ?? 0)];
  const at = (name, row, column) => frame.arrays[name][row * shapeOf(frame, name)[1] + column];
  const text = (value) => (value < 0 ? `(${shortNumber(value)})` : shortNumber(value));
  const each = (name, write) => {
    const [rows, columns] = shapeOf(frame, name);
    const label = (row, column) =>
      rows > 1 ? `${name}[${row + 1}, ${column + 1}]` : `${name}[${column + 1}]`;
    return Array.from({ length: rows * columns }, (_, place) => {
      const [row, column] = [Math.floor(place / columns), place % columns];
      return `${label(row, column)} = ${write(row, column)} = ${shortNumber(at(name, row, column), 6)}`;
    });
  };
  const sum = (count, term) => Array.from({ length: count }, (_, index) => term(index)).join(" + ");
  if (kind === "z") {
    const inputs = shapeOf(frame, `w_${layer}`)[0];
    return each(
      step.name,
      (_, unit) =>
        `${sum(inputs, (index) => `${text(at(`a_${layer - 1}`, 0, index))} × ${text(at(`w_${layer}`, index, unit))}`)} + ${text(at(`b_${layer}`, 0, unit))}`,
    );
  }
  if (kind === "a")
    return each(
      step.name,
      (_, unit) =>
        `${frame.data.activations[layer - 1]}(${shortNumber(at(`z_${layer}`, 0, unit))})`,
    );
  if (kind === "dw")
    return each(
      step.name,
      (row, unit) =>
        `${text(at(`a_${layer - 1}`, 0, row))} × ${text(at(`delta_${layer}`, 0, unit))}`,
    );
  if (kind === "db") return each(step.name, (_, unit) => `delta_${layer}[${unit + 1}]`);
  if (kind === "delta" && `w_${layer + 1}` in frame.arrays) {
    const units = shapeOf(frame, `w_${layer + 1}`)[1];
    return each(
      step.name,
      (_, unit) =>
        `(${sum(units, (index) => `${text(at(`delta_${layer + 1}`, 0, index))} × ${text(at(`w_${layer + 1}`, unit, index))}`)}) × f′(${shortNumber(at(`z_${layer}`, 0, unit))})`,
    );
  }
  if (kind === "delta")
    return each(
      step.name,
      (_, unit) => `dloss/da_${layer}[${unit + 1}] × f′(${shortNumber(at(`z_${layer}`, 0, unit))})`,
    );
  if (kind.startsWith("new_")) {
    const name = step.name.slice(4);
    return each(
      step.name,
      (row, column) =>
        `${shortNumber(at(name, row, column))} − ${shortNumber(rate)} × ${text(at(`d${name}`, row, column))}`,
    );
  }
  return [];
}
