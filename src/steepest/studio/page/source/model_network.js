// The drawing of a model: units as cells in the colours of their outputs for one row, and weights.

import { element, say } from "./dom.js";
import { networkDiagram } from "./network_diagram.js";
import { plainTable } from "./plain_table.js";

const MOST_UNITS = 12;

/**
 * The drawing. `choose` is given the layer and the unit that are pressed.
 * @param {{colors: () => any, choose: (layer: number, unit: number) => void}} given
 * @returns {{element: HTMLElement, show: (frame: any) => void, paint: (row: any, frame: any) => void}}
 */
export function modelNetwork({ colors, choose }) {
  const diagram = networkDiagram({ look() {}, colors });
  const note = element("p", { class: "fact" });
  const box = element(
    "div",
    { class: "network-box" },
    element("div", { class: "network-scroll" }, diagram.element),
    note,
  );
  let described = null;
  let last = [null, null];

  function show(frame) {
    described = frame;
    const { network, columns } = frame.data;
    box.hidden = !network.length;
    diagram.show(network.map((column, place) => columnOf(column, place ? [] : columns)));
    const cut = network.some(({ units }) => units > MOST_UNITS);
    say(
      note,
      "A line is a weight: dashed below zero, wider the larger it is. Cells show the outputs for the " +
        "inputs below; press one to see what makes it fire." +
        (cut ? ` Of wide layers the first ${MOST_UNITS} units are drawn.` : ""),
    );
    paint(...last);
  }

  function columnOf({ name, units, about, notes, layer }, inputs) {
    const shown = Math.min(units, MOST_UNITS);
    return {
      name,
      head: element(
        "div",
        { class: "column-head" },
        element("h4", {}, name),
        element("span", { class: "fact" }, [units, about, ...notes].filter(Boolean).join(", ")),
      ),
      units: Array.from({ length: shown }, (_, unit) => ({
        name: inputs[unit]?.name ?? `${name}, unit ${unit}`,
        edit: layer === null ? undefined : () => choose(layer, unit),
      })),
    };
  }

  function paint(row, frame) {
    last = [row, frame];
    if (!described?.data.network.length) return;
    const { network, columns } = described.data;
    const shown = ({ units }) => Math.min(units, MOST_UNITS);
    const maps = network.map((column) =>
      column.layer === null
        ? (row ?? [])
            .slice(0, shown(column))
            .map((value, place) => cell(ranged(value, columns[place])))
        : signed(frame?.arrays[`layer_${column.layer}`] ?? [], shown(column)),
    );
    const weights = network.slice(1).map((column, place) => {
      const kernel = described.arrays[`kernel_${column.layer}`];
      const drawn = () => corner(kernel, column.units, shown(network[place]), shown(column));
      return kernel ? { values: drawn() } : null;
    });
    diagram.paint(maps, weights);
  }

  return { element: box, show, paint };
}

function cell(value) {
  return { side: 1, values: [Math.max(0, Math.min(255, value))] };
}

function ranged(value, { low, high }) {
  return (255 * (value - low)) / (high - low || 1);
}

function signed(values, count) {
  const own = [...values.slice(0, count)];
  const most = Math.max(...own.map(Math.abs), 1e-9);
  return own.map((value) => cell(127.5 + (127.5 * value) / most));
}

/** The first rows and columns of a matrix with so many columns. */
function corner(values, width, rows, columns) {
  return Array.from(
    { length: rows * columns },
    (_, place) => values[Math.floor(place / columns) * width + (place % columns)],
  );
}

/**
 * The layers as a table.
 * @param {any} described
 * @returns {HTMLElement[]}
 */
export function layersTable({ layers, parameters }) {
  return [
    element("p", { class: "fact" }, `${parameters.toLocaleString("en")} parameters`),
    plainTable(
      ["layer", "kind", "shape", "parameters"],
      layers.map((layer) => [
        layer.name,
        [layer.kind, layer.activation].filter((each) => each && each !== "linear").join(" "),
        [layer.shape].flat().join(" × "),
        layer.parameters.toLocaleString("en"),
      ]),
    ),
  ];
}
