// Controls for the options of an optimizer, a layer, ..., from the descriptions of the library.

import { choiceControl, numberControl, textControl, tickControl } from "./controls.js";

/**
 * An option as the catalogue describes it. Its kind is number, whole, flag, choice, text, numbers, or
 * a kind of the catalogue, as initializer; `low` and `high` are those of a slider.
 * @typedef {{name: string, kind: string, default: any, low: number | null, high: number | null,
 *   logarithmic: boolean, may_be_none: boolean, scheduled: boolean, choices: string[]}} Option
 */

/**
 * One control for an option; null for kinds that a page cannot show.
 * @param {Option} option
 * @param {{catalogue: any, value: any, field: string, change: (value: any) => void}} given
 * @returns {import("./controls.js").Control | null}
 */
export function optionControl(option, { catalogue, value, field, change }) {
  const shared = { label: wordsOf(option.name), field, compact: true, change };
  const current = value === undefined ? option.default : value;
  if (option.kind === "number" || option.kind === "whole") {
    return numberControl({
      ...shared,
      low: option.low ?? undefined,
      high: option.high ?? undefined,
      open: true,
      log: option.logarithmic,
      whole: option.kind === "whole",
      slider: false,
      value: typeof current === "number" ? current : null,
      optional: option.may_be_none || option.default === null,
    });
  }
  if (option.kind === "flag") return tickControl({ ...shared, value: current });
  if (option.kind === "choice")
    return choiceControl({ ...shared, options: option.choices, value: current });
  if (option.kind === "text") return textControl({ ...shared, value: current ?? "" });
  if (option.kind === "numbers") {
    const read = (text) =>
      change(
        text
          .split(/[,;\s]+/)
          .filter(Boolean)
          .map(Number),
      );
    return textControl({ ...shared, value: (current ?? []).join(", "), change: read });
  }
  const names = catalogue[option.kind]?.map(({ name }) => name);
  if (!names) return null;
  return choiceControl({
    ...shared,
    options: [{ value: "", label: "default" }, ...names],
    value: current?.name ?? "",
    change: (name) => change(name ? { name, options: {} } : option.default),
  });
}

/**
 * Controls for several options; a value that equals the default is left out of what `change` gets.
 * @param {Option[]} options
 * @param {{catalogue: any, values: Record<string, any>, field: string,
 *   change: (values: Record<string, any>) => void}} given
 * @returns {HTMLElement[]}
 */
export function optionControls(options, { catalogue, values, field, change }) {
  let current = { ...values };
  return options
    .map(
      (option) =>
        optionControl(option, {
          catalogue,
          value: current[option.name],
          field: `${field}.${option.name}`,
          change(value) {
            current = { ...current, [option.name]: value };
            if (JSON.stringify(value) === JSON.stringify(option.default))
              delete current[option.name];
            change(current);
          },
        })?.element,
    )
    .filter(Boolean);
}

/**
 * A name as words: "learning_rate" is "learning rate".
 * @param {string} name
 * @returns {string}
 */
export function wordsOf(name) {
  return name.replaceAll("_", " ");
}
