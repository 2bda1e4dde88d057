// What makes a unit fire: the rows with its largest outputs, and how the units of its layer are active.

import { choiceControl, numberControl } from "./controls.js";
import { element, refill, say } from "./dom.js";
import { describeHistograms, drawHistograms } from "./histogram.js";
import { dataRows } from "./model_rows.js";
import { percent, shortNumber } from "./numbers.js";
import { createPicture } from "./picture.js";
import { pictureTiles } from "./tiles.js";

/** Whether a layer has units that can fire. @returns {boolean} */
export function hasUnits({ units, kind }) {
  return units > 0 && kind !== "Input";
}

/**
 * The choice of a unit and what is known of it. `change` is given the layer and the unit; `pythons`
 * are the buttons for the Python of the unit, its layer and the first layer.
 * @param {{colors: () => any, change: (layer: number, unit: number) => void, pythons: any}} given
 * @returns {any}
 */
export function modelUnits({ colors, change, pythons }) {
  const controls = element("div", { class: "pairs" });
  const facts = element("p", { class: "fact", role: "status", "data-id": "unit-facts" });
  const rows = element("div", { class: "table-scroll", "data-id": "unit-rows" });
  const weights = element("div", { "data-id": "first-layer" });
  const live = { model: null, layer: null, unit: null, first: null, place: 0, number: 0 };
  const pictures = ["outputs", "weights"].map((name) => histogramOf(name, live, colors));

  function showControls() {
    const { layers } = live.model;
    const known = layers.map((layer, place) => ({ ...layer, place })).filter(hasUnits);
    refill(
      controls,
      choiceControl({
        label: "Layer",
        field: "layer",
        options: known.map(({ name, place }) => ({ value: String(place), label: name })),
        value: String(live.place),
        change: (value) => change(Number(value), 0),
      }).element,
      numberControl({
        label: "Unit",
        field: "unit",
        low: 0,
        high: Math.max(1, layers[live.place].units - 1),
        whole: true,
        value: live.number,
        change: (value) => change(live.place, value),
      }).element,
    );
  }

  function redraw() {
    const { unit, layer, model, first } = live;
    for (const picture of pictures) picture.redraw();
    pictures[1].element.hidden = !layer?.data.weights;
    if (unit)
      refill(
        rows,
        dataRows({
          frame: unit,
          model,
          name: "output",
          values: unit.arrays.values,
          colors: colors(),
        }),
      );
    if (first)
      refill(
        weights,
        element("h4", {}, `What the units of ${first.data.layer} look for`),
        pictureTiles({
          values: first.arrays.pictures,
          shape: first.shapes.pictures.slice(1),
          captions: Array.from({ length: first.shapes.pictures[0] }, (_, place) => `unit ${place}`),
          signed: true,
          colors: colors(),
        }),
        pythons.first,
      );
    if (unit && layer) say(facts, factsOf(live));
  }

  return {
    elements: [
      controls,
      facts,
      rows,
      pythons.unit,
      ...pictures.map((each) => each.element),
      pythons.layer,
      weights,
    ],
    facts: () => facts.textContent,
    redraw,
    describe(model) {
      live.model = model;
    },
    choose(place, number) {
      const isOther = place !== live.place || !controls.firstChild;
      Object.assign(live, { place, number });
      if (isOther || !controls.contains(document.activeElement)) showControls();
    },
    take(frame) {
      live[{ unit: "unit", layer: "layer", first_layer: "first" }[frame.kind]] = frame;
      redraw();
    },
  };
}

function factsOf({ model, layer, unit, place, number }) {
  const { means, active } = layer.arrays;
  const silent = active.filter((share) => share === 0).length;
  const { outputs, rows } = layer.data;
  return (
    `Unit ${number} of ${model.layers[place].name}: mean ${shortNumber(unit.data.mean, 3)}, largest ` +
    `${shortNumber(unit.data.most, 3)}, not zero in ${percent(active[number] ?? 0)} of ${rows} rows. ` +
    `Of ${means.length} units ${silent} ${silent === 1 ? "is" : "are"} always zero; outputs of the layer: ` +
    `mean ${shortNumber(outputs.mean, 3)}, standard deviation ${shortNumber(outputs.deviation, 3)}.`
  );
}

function histogramOf(name, live, colors) {
  const title = name === "outputs" ? "Outputs of the layer" : "Weights of the layer";
  const [counts, edges] =
    name === "outputs" ? ["counts", "edges"] : ["weight_counts", "weight_edges"];
  const shown = () => {
    const facts = live.layer?.data[name];
    if (!facts) return [];
    return [
      {
        name: live.model.layers[live.place].name,
        note: `deviation ${shortNumber(facts.deviation, 3)}`,
        mean: facts.mean,
        deviation: facts.deviation,
        color: colors().series[name === "outputs" ? 0 : 2],
        counts: live.layer.arrays[counts],
        edges: live.layer.arrays[edges],
      },
    ];
  };
  return createPicture({
    title,
    file: `layer_${name}`,
    height: () => 170,
    draw: (pen, size) =>
      drawHistograms(pen, size, { rows: shown(), colors: colors(), xLabel: name.slice(0, -1) }),
    describe: () => describeHistograms(title, shown()),
    rows: () => ({
      head: ["from", "to", "count"],
      body: shown().flatMap((row) =>
        [...row.counts].map((count, bin) => [row.edges[bin], row.edges[bin + 1], count]),
      ),
    }),
  });
}
