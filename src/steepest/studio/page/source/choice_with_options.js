// A choice from the catalogue with its options below it: an optimizer, a regularizer, ...

import { choiceControl } from "./controls.js";
import { element, refill } from "./dom.js";
import { optionControls } from "./options_form.js";

/**
 * A choice of one kind of the catalogue: {name, options}, or null for `none`.
 * @param {{catalogue: any, kind: string, label: string, explain?: string, field: string, part?: string,
 *   none?: string, compact?: boolean, leading?: string[], value: any, change: (value: any) => void}} given
 *   `leading` are the options that are always shown; the others are folded
 * @returns {import("./controls.js").Control}
 */
export function choiceWithOptions(given) {
  const { catalogue, kind, field, none, change, leading = [] } = given;
  const entries = catalogue[kind];
  const options = [
    ...(none ? [{ value: "", label: none }] : []),
    ...entries.map(({ name }) => name),
  ];
  let current = given.value;
  const select = choiceControl({
    ...given,
    field,
    options,
    value: current?.name ?? "",
    change: (name) => take(name ? { name, options: {} } : null, true),
  });
  const below = element("div", { class: "below" });
  const box = element(
    "div",
    { class: "choice-with-options", "data-part": given.part },
    select.element,
    below,
  );

  function take(value, isNew) {
    current = value;
    change(value);
    if (isNew) fill();
  }

  function fill() {
    const entry = entries.find(({ name }) => name === current?.name);
    if (!entry) return refill(below);
    const controls = (shown) =>
      optionControls(shown, {
        catalogue,
        values: pick(current.options, shown),
        field: `${field}.options`,
        change: (values) =>
          take(
            { name: entry.name, options: { ...without(current.options, shown), ...values } },
            false,
          ),
      });
    const first = entry.options.filter(({ name }) => leading.includes(name));
    const rest = entry.options.filter(({ name }) => !leading.includes(name));
    const folded = element("details", {}, element("summary", {}, "more options"));
    folded.addEventListener("toggle", () => {
      if (folded.open && folded.children.length === 1)
        folded.append(element("div", { class: "option-grid" }, controls(rest)));
    });
    return refill(
      below,
      first.length ? element("div", { class: "option-grid" }, controls(first)) : null,
      rest.length ? folded : null,
    );
  }

  fill();
  return {
    element: box,
    wrong: select.wrong,
    set(value) {
      const isNew = value?.name !== current?.name;
      const isEqual = JSON.stringify(value) === JSON.stringify(current);
      current = value;
      select.set(value?.name ?? "");
      if (isNew || (!isEqual && !below.contains(document.activeElement))) fill();
    },
  };
}

function pick(values, options) {
  const names = new Set(options.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

function without(values, options) {
  const names = new Set(options.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));
}
