// The network of the playground: features, hidden layers with their settings, the output.

import { choiceWithOptions } from "./choice_with_options.js";
import { button, choiceControl, numberControl, textControl } from "./controls.js";
import { element, refill } from "./dom.js";
import { networkDiagram } from "./network_diagram.js";
import { same } from "./store.js";

const FEATURES = ["x", "y", "x^2", "y^2", "x*y", "sin(x)", "sin(y)"];
const NORMALISATIONS = ["none", "batch", "layer", "rms"];
const MOST_LAYERS = 8;
const MOST_UNITS = 64;
const FIRST_LAYER = {
  units: 4,
  activation: "tanh",
  initializer: { name: "GlorotUniform", options: {} },
  regularizer: null,
  normalisation: "none",
  dropout: 0,
};

/** A new layer. @returns {any} */
export function newLayer(changes = {}) {
  return { ...FIRST_LAYER, ...changes };
}

/**
 * The network with its controls.
 * @param {{catalogue: any, get: () => any, set: (patch: any) => void, colors: () => any,
 *   look: (column: number | null, unit: number | null) => void, act: (name: string, values: any) => void,
 *   weights: () => any}} given
 * @returns {{element: HTMLElement, update: (outputs: string[]) => void, paint: (maps: any[][], weights: any[]) => void}}
 */
export function playgroundNetwork({ catalogue, get, set, colors, look, act, weights }) {
  const diagram = networkDiagram({ look, colors });
  const more = button(
    "+ layer",
    () => set({ layers: [...get().layers, newLayer(get().layers.at(-1))] }),
    { class: "tool", "data-id": "add-layer", title: "one more hidden layer" },
  );
  const fewer = button("− layer", () => set({ layers: get().layers.slice(0, -1) }), {
    class: "tool",
    "data-id": "remove-layer",
    title: "without the last hidden layer",
  });
  const settings = element("div", { class: "layer-settings" });
  let shape = null;
  let open = null;
  let offered = FEATURES;

  function update(outputs) {
    const { features, layers } = get();
    offered = [...FEATURES, ...features.filter((name) => !FEATURES.includes(name))];
    const wanted = [features, layers.map(({ units, activation }) => [units, activation]), outputs];
    more.disabled = layers.length >= MOST_LAYERS;
    fewer.disabled = layers.length === 0;
    if (!same(shape, wanted)) {
      shape = wanted;
      diagram.show(columnsOf(outputs));
    }
    if (open !== null && open >= layers.length) showSettings(null);
  }

  function columnsOf(outputs) {
    const { features, layers } = get();
    const toggle = (name) => () => {
      const next = features.includes(name)
        ? features.filter((each) => each !== name)
        : offered.filter((each) => each === name || features.includes(each));
      if (next.length) set({ features: next });
    };
    const own = textControl({
      label: "own feature",
      field: "features",
      compact: true,
      value: "",
      longest: 60,
      change() {},
    });
    own.element.querySelector("input").placeholder = "own: x^3";
    own.element.querySelector("input").addEventListener("change", (event) => {
      const text = event.target.value.trim();
      if (text && !features.includes(text)) set({ features: [...features, text] });
    });
    const first = {
      name: "features",
      head: element(
        "div",
        { class: "column-head", "data-part": "features" },
        element("h4", {}, "Features"),
        own.element,
      ),
      units: offered.map((name) => ({
        name,
        caption: name,
        on: features.includes(name),
        press: toggle(name),
        words: `feature ${name}`,
      })),
    };
    const hidden = layers.map((layer, place) => ({
      name: `layer ${place + 1}`,
      head: headOf(layer, place),
      units: Array.from({ length: layer.units }, (_, unit) => ({
        name: `layer ${place + 1}, unit ${unit + 1}`,
        edit: () => showWeights(place + 1, unit),
      })),
    }));
    const last = {
      name: "output",
      head: element("div", { class: "column-head" }, element("h4", {}, "Output")),
      units: outputs.map((name, unit) => ({
        name: `output ${name}`,
        caption: outputs.length > 1 ? name.replace(/^class /, "").slice(0, 4) : null,
        edit: () => showWeights(layers.length + 1, unit),
      })),
    };
    return [first, ...hidden, last];
  }

  function headOf(layer, place) {
    const change = (patch) =>
      set({
        layers: get().layers.map((each, index) => (index === place ? { ...each, ...patch } : each)),
      });
    const count = element("output", { class: "unit-count" }, String(layer.units));
    const step = (by, word, sign) =>
      button(
        sign,
        () => change({ units: Math.max(1, Math.min(MOST_UNITS, get().layers[place].units + by)) }),
        {
          class: "tool",
          "aria-label": `${word} in layer ${place + 1}`,
          "data-id": by > 0 ? `more-units-${place}` : `fewer-units-${place}`,
        },
      );
    const activation = choiceControl({
      label: `activation of layer ${place + 1}`,
      field: `layers.${place}.activation`,
      compact: true,
      options: catalogue.activation.map(({ name }) => name),
      value: layer.activation,
      change: (name) => change({ activation: name }),
    });
    const options = button("Options", () => showSettings(open === place ? null : place), {
      class: "tool",
      "aria-label": `options of layer ${place + 1}`,
    });
    return element(
      "div",
      { class: "column-head", "data-part": "layers" },
      element(
        "div",
        { class: "unit-steps" },
        step(-1, "one unit less", "−"),
        count,
        step(1, "one unit more", "+"),
      ),
      activation.element,
      options,
    );
  }

  function showSettings(place) {
    open = place;
    if (place === null) return refill(settings);
    const layer = get().layers[place];
    const change = (patch) =>
      set({
        layers: get().layers.map((each, index) => (index === place ? { ...each, ...patch } : each)),
      });
    const field = `layers.${place}`;
    const choose = (kind, label, none) =>
      choiceWithOptions({
        catalogue,
        kind,
        label,
        none,
        field: `${field}.${kind}`,
        compact: true,
        value: layer[kind],
        change: (value) => change({ [kind]: value }),
      }).element;
    return refill(
      settings,
      element(
        "div",
        { class: "group", "aria-label": `options of layer ${place + 1}`, role: "group" },
        element(
          "div",
          { class: "row between" },
          element("h3", {}, `Layer ${place + 1}`),
          button("Close", () => showSettings(null), { class: "tool" }),
        ),
        element(
          "div",
          { class: "option-grid wide-options" },
          choose("initializer", "initial weights"),
          choose("regularizer", "regularizer", "none"),
          choiceControl({
            label: "normalisation",
            field: `${field}.normalisation`,
            compact: true,
            options: NORMALISATIONS,
            value: layer.normalisation,
            change: (value) => change({ normalisation: value }),
          }).element,
          numberControl({
            label: "dropout",
            field: `${field}.dropout`,
            compact: true,
            low: 0,
            high: 0.9,
            step: 0.05,
            value: layer.dropout,
            change: (value) => change({ dropout: value }),
          }).element,
        ),
      ),
    );
  }

  /** The weights that a unit reads, as numbers to edit. */
  function showWeights(column, unit) {
    const frame = weights();
    if (!frame) return;
    open = null;
    const kernel = frame.arrays[`kernel_${column}`];
    const [rows, units] = frame.shapes[`kernel_${column}`];
    const names =
      column === 1
        ? get().features
        : Array.from({ length: rows }, (_, index) => `unit ${index + 1}`);
    const edit = (row) => (value) => act("edit", { layer: column - 1, unit, row, value });
    const field = (label, row, value) =>
      numberControl({
        label,
        field: "value",
        compact: true,
        slider: false,
        value: Number(value.toPrecision(5)),
        change: edit(row),
      }).element;
    refill(
      settings,
      element(
        "div",
        { class: "group", role: "group", "aria-label": "weights of a unit", "data-id": "weights" },
        element(
          "div",
          { class: "row between" },
          element(
            "h3",
            {},
            column > get().layers.length
              ? "Weights of the output"
              : `Weights of layer ${column}, unit ${unit + 1}`,
          ),
          button("Close", () => refill(settings), { class: "tool" }),
        ),
        element(
          "div",
          { class: "option-grid" },
          names.map((name, row) => field(name, row, kernel[row * units + unit])),
          field("bias", null, frame.arrays[`bias_${column}`][unit]),
        ),
      ),
    );
  }

  return {
    element: element(
      "section",
      { class: "network-box", "aria-label": "network", "data-part": "network" },
      element("div", { class: "row" }, element("h3", {}, "Network"), more, fewer),
      element("div", { class: "network-scroll" }, diagram.element),
      settings,
    ),
    update,
    paint: diagram.paint,
  };
}
