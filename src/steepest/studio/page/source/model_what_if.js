// A form with one control for each input, and the outputs that follow.

import { numberControl } from "./controls.js";
import { element, refill, say } from "./dom.js";
import { shortNumber } from "./numbers.js";

const MOST_INPUTS = 40;
const MOST_OF_PICTURES = 12;
const MOST_LISTED = 12;

/**
 * The form. `change` is given the place of an input and its value.
 * @param {{change: (place: number, value: number) => void}} given
 * @returns {any}
 */
export function whatIfForm({ change }) {
  const form = element("div", { class: "option-grid wide-options" });
  const note = element("p", { class: "fact" });
  const outputs = element("div", { class: "in-numbers", "data-id": "outputs", role: "status" });
  return {
    elements: [form, note, outputs],
    show({ columns, picture }, row) {
      const most = picture ? MOST_OF_PICTURES : MOST_INPUTS;
      note.hidden = columns.length <= most;
      say(note, `The ${most} of ${columns.length} inputs that vary most; the others keep their medians.`);
      refill(
        form,
        mostVaried(columns, most).map((place) => {
          const { name, low, high, whole } = columns[place];
          return numberControl({
            label: name,
            field: `row.${place}`,
            compact: true,
            low,
            high,
            open: true,
            whole,
            value: Number(Number(row[place]).toPrecision(5)),
            change: (value) => change(place, value),
          }).element;
        }),
      );
    },
    answer({ arrays, shapes }, layers) {
      const names = Object.keys(arrays).filter((name) => name.startsWith("layer_"));
      refill(
        outputs,
        element("p", { class: "step-formula" }, `output: ${listed(arrays.outputs)}`),
        names.map((name) =>
          element(
            "p",
            { class: "fact" },
            `${layers[Number(name.slice(6))].name} (${shapes[name].at(-1)} units): ${listed(arrays[name])}`,
          ),
        ),
      );
    },
  };
}

/**
 * The first numbers of an array as a text.
 * @param {Float32Array} values
 * @returns {string}
 */
export function listed(values) {
  const shown = [...values.slice(0, MOST_LISTED)].map((value) => shortNumber(value));
  return shown.join(", ") + (values.length > MOST_LISTED ? ", …" : "");
}

/**
 * The places of the columns that vary most, at most so many, in their order.
 * @param {{deviation: number}[]} columns
 * @param {number} most
 * @returns {number[]}
 */
export function mostVaried(columns, most) {
  return columns
    .map(({ deviation }, place) => ({ deviation, place }))
    .sort((one, other) => other.deviation - one.deviation)
    .slice(0, most)
    .map(({ place }) => place)
    .sort((one, other) => one - other);
}
