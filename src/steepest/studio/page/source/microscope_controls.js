// The controls of the microscope: the row, the network, the step of training.

import { choiceWithOptions } from "./choice_with_options.js";
import {
  button,
  choiceControl,
  group,
  numberControl,
  seedControl,
  textControl,
} from "./controls.js";
import { element, refill } from "./dom.js";

const MOST_LAYERS = 6;

/**
 * The controls; `update` shows a state.
 * @param {{state: any, catalogue: any}} given
 * @returns {{element: HTMLElement, update: (now: any) => void}}
 */
export function microscopeControls({ state, catalogue }) {
  const get = () => state.get();
  const numbers = (name, label, explain) => {
    const control = textControl({
      label,
      field: name,
      explain,
      value: get()[name].join(", "),
      change(text) {
        const values = text
          .split(/[,;\s]+/)
          .filter(Boolean)
          .map((each) => Number(each.replace("\u2212", "-")));
        if (values.length && values.every(Number.isFinite)) state.set({ [name]: values });
        else control.wrong("numbers with commas between them were expected");
      },
    });
    return { element: control.element, update: (now) => control.set(now[name].join(", ")) };
  };
  const inputs = numbers("inputs", "Inputs", "One row, its numbers separated by commas.");
  const targets = numbers("targets", "Targets", "One number for each output.");
  const layers = element("div", { class: "side" });
  const rate = numberControl({
    label: "Learning rate",
    field: "rate",
    low: 0,
    high: 1000,
    slider: false,
    compact: true,
    value: get().rate,
    change: (value) => state.set({ rate: value }),
  });
  const seed = seedControl(get().seed, (value) => state.set({ seed: value }));
  const choose = (kind, label) =>
    choiceWithOptions({
      catalogue,
      kind,
      label,
      field: kind,
      compact: true,
      value: get()[kind],
      change: (value) => state.set({ [kind]: value }),
    });
  const [loss, initializer] = [choose("loss", "Loss"), choose("initializer", "Initial weights")];
  let shown = null;

  function rowOf(layer, place) {
    const change = (patch) =>
      state.set({
        layers: get().layers.map((each, index) => (index === place ? { ...each, ...patch } : each)),
        at: 0,
      });
    return element(
      "div",
      { class: "pairs" },
      numberControl({
        label: `units of layer ${place + 1}`,
        field: `layers.${place}.units`,
        low: 1,
        high: 16,
        whole: true,
        slider: false,
        compact: true,
        value: layer.units,
        change: (units) => change({ units }),
      }).element,
      choiceControl({
        label: "activation",
        field: `layers.${place}.activation`,
        compact: true,
        options: catalogue.activation.map(({ name }) => name),
        value: layer.activation,
        change: (activation) => change({ activation }),
      }).element,
    );
  }

  const more = button(
    "+ layer",
    () => state.set({ layers: [{ units: 2, activation: "tanh" }, ...get().layers], at: 0 }),
    { class: "tool" },
  );
  const fewer = button("− layer", () => state.set({ layers: get().layers.slice(1), at: 0 }), {
    class: "tool",
  });
  return {
    element: element(
      "div",
      { class: "side" },
      group("Row", {}, inputs.element, targets.element),
      group(
        "Network",
        { "data-field": "layers" },
        layers,
        element("div", { class: "row" }, more, fewer),
        initializer.element,
        seed.element,
      ),
      group("Training", {}, loss.element, rate.element),
    ),
    update(now) {
      inputs.update(now);
      targets.update(now);
      rate.set(now.rate);
      seed.set(now.seed);
      loss.set(now.loss);
      initializer.set(now.initializer);
      more.disabled = now.layers.length >= MOST_LAYERS;
      fewer.disabled = now.layers.length < 2;
      const shape = now.layers.length;
      if (shape !== shown) refill(layers, now.layers.map(rowOf));
      shown = shape;
    },
  };
}
