// The table of optimizers of the landscape: tick, name, rate, schedule, further options, result.

import { button, choiceControl, numberControl } from "./controls.js";
import { element, refill, say, uniqueId, vector } from "./dom.js";
import { SHAPES, shapeAt } from "./markers.js";
import { shortNumber } from "./numbers.js";
import { optionControls } from "./options_form.js";

const MOST = 24;

/**
 * The table. `get` gives the rows of the state, `set` replaces them.
 * @param {{catalogue: any, get: () => any[], set: (rows: any[]) => void, looks: (rows: any[]) => any[]}} given
 * @returns {{element: HTMLElement, update: () => void, results: (texts: Map<number, any>) => void}}
 */
export function optimizerTable({ catalogue, get, set, looks }) {
  const body = element("tbody");
  const names = catalogue.optimizer.map(({ name }) => name);
  const add = element(
    "select",
    { "aria-label": "add an optimizer" },
    element("option", { value: "" }, "Add an optimizer …"),
    names.map((name) => element("option", { value: name }, name)),
  );
  add.addEventListener("change", () => {
    if (add.value && get().length < MOST)
      set([...get(), { name: add.value, options: {}, on: true }]);
    add.value = "";
  });
  const heads = ["", "Optimizer", "Learning rate", "Schedule", "Result", ""];
  const table = element(
    "table",
    { class: "optimizers" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        heads.map((head) => element("th", { scope: "col" }, head)),
      ),
    ),
    body,
  );
  let drawn = [];

  const change = (index, patch) =>
    set(get().map((row, place) => (place === index ? { ...row, ...patch } : row)));

  function update() {
    const rows = get();
    const shape = JSON.stringify(rows.map((row) => [row.name, scheduleOf(row)?.name]));
    if (drawn.shape !== shape) {
      drawn = rows.map((row, index) =>
        optimizerRow(row, index, {
          catalogue,
          change,
          get,
          remove: () => set(get().filter((_, place) => place !== index)),
        }),
      );
      drawn.shape = shape;
      refill(body, drawn.map((row) => row.elements).flat());
    }
    const styles = looks(rows);
    rows.forEach((row, index) => drawn[index].show(row, styles[index]));
    add.disabled = rows.length >= MOST;
  }

  return {
    element: element(
      "section",
      { class: "group wide", "aria-label": "Optimizers", "data-part": "optimizers" },
      element("div", { class: "table-scroll" }, table),
      add,
    ),
    update,
    results: (texts) => drawn.forEach((row, index) => row.result(texts.get(index))),
  };
}

function optimizerRow(row, index, { catalogue, change, get, remove }) {
  const field = `optimizers.${index}`;
  const known = catalogue.optimizer.find(({ name }) => name === row.name) ?? { options: [] };
  const set = (options) => change(index, { options });
  const tick = element("input", { type: "checkbox", "aria-label": `${row.name}: draw its path` });
  tick.addEventListener("change", () => change(index, { on: tick.checked }));
  const swatch = vector("svg", { class: "swatch", viewBox: "-12 -8 24 16", "aria-hidden": "true" });
  const rate = numberControl({
    label: `${row.name}: learning rate`,
    field: `${field}.options.learning_rate`,
    low: 1e-4,
    high: 10,
    open: true,
    log: true,
    compact: true,
    value: rateOf(catalogue, row),
    change: (value) => set(withRate(catalogue, get()[index], value)),
  });
  const schedule = choiceControl({
    label: `${row.name}: schedule`,
    field: `${field}.schedule`,
    compact: true,
    options: [{ value: "", label: "constant" }, ...catalogue.schedule.map(({ name }) => name)],
    value: scheduleOf(row)?.name ?? "",
    change: (name) => set(withSchedule(catalogue, get()[index], name)),
  });
  const result = element("span", { class: "result" });
  const name = element("th", { scope: "row", title: known.summary }, row.name);
  const more = element("td", { colspan: 6, id: uniqueId("options") });
  const folded = element("tr", { class: "folded", hidden: true }, more);
  const options = button(
    "Options",
    () => {
      folded.hidden = !folded.hidden;
      options.setAttribute("aria-expanded", String(!folded.hidden));
      if (!more.hasChildNodes()) {
        more.append(
          ...foldedOptions(catalogue, known, row, field, { now: () => get()[index], set }),
        );
      }
    },
    {
      class: "tool",
      "aria-expanded": "false",
      "aria-controls": more.id,
      "aria-label": `options of ${row.name}`,
    },
  );
  const cell = (label, ...children) => element("td", { "data-label": label }, children);
  const main = element(
    "tr",
    {},
    cell("", element("span", { class: "tick-cell" }, tick, swatch)),
    name,
    cell("rate", rate.element),
    cell("schedule", schedule.element),
    cell("result", result),
    cell(
      "",
      options,
      " ",
      button("×", remove, { class: "tool", "aria-label": `remove ${row.name}` }),
    ),
  );
  return {
    elements: [main, folded],
    show(now, look) {
      tick.checked = now.on;
      main.classList.toggle("off", !now.on);
      rate.set(rateOf(catalogue, now));
      drawSwatch(swatch, look);
      say(name, look.label);
    },
    result(found) {
      say(result, found ? found.text : "");
      result.classList.toggle("bad", Boolean(found?.bad));
    },
  };
}

function foldedOptions(catalogue, known, row, field, { now, set }) {
  const others = known.options.filter(({ name }) => name !== "learning_rate");
  const { learning_rate: _, ...values } = row.options;
  const parts = [
    element(
      "div",
      { class: "option-grid" },
      optionControls(others, {
        catalogue,
        values,
        field: `${field}.options`,
        change(options) {
          const rate = now().options.learning_rate;
          set(rate === undefined ? options : { learning_rate: rate, ...options });
        },
      }),
    ),
  ];
  const schedule = scheduleOf(row);
  const shape = catalogue.schedule.find(({ name }) => name === schedule?.name);
  if (!shape) return parts;
  const own = rateName(shape);
  const change = (options) => {
    const rate = scheduleOf(now()).options[own];
    const whole = own && rate !== undefined ? { [own]: rate, ...options } : options;
    set({ ...now().options, learning_rate: { name: shape.name, options: whole } });
  };
  return [
    ...parts,
    element("h4", {}, `options of ${shape.name}`),
    element(
      "div",
      { class: "option-grid" },
      optionControls(
        shape.options.filter(({ name }) => name !== own),
        {
          catalogue,
          values: schedule.options,
          field: `${field}.options.learning_rate.options`,
          change,
        },
      ),
    ),
  ];
}

function scheduleOf({ options }) {
  return options.learning_rate && typeof options.learning_rate === "object"
    ? options.learning_rate
    : null;
}

/** The option of a schedule that is the rate at its start. */
function rateName({ options }) {
  const rates = options.map(({ name }) => name).filter((name) => name.endsWith("learning_rate"));
  return rates.find((name) => name === "initial_learning_rate") ?? rates[0] ?? null;
}

function rateOf(catalogue, row) {
  const schedule = scheduleOf(row);
  const shape = schedule && catalogue.schedule.find(({ name }) => name === schedule.name);
  if (shape) {
    const own = rateName(shape);
    return own
      ? (schedule.options[own] ?? shape.options.find(({ name }) => name === own).default)
      : null;
  }
  const known = catalogue.optimizer.find(({ name }) => name === row.name);
  const usual = known?.options.find(({ name }) => name === "learning_rate")?.default;
  return row.options.learning_rate ?? (typeof usual === "number" ? usual : null);
}

function withRate(catalogue, row, rate) {
  const schedule = scheduleOf(row);
  const own = schedule && rateName(catalogue.schedule.find(({ name }) => name === schedule.name));
  if (!own) return { ...row.options, learning_rate: rate };
  return {
    ...row.options,
    learning_rate: { name: schedule.name, options: { ...schedule.options, [own]: rate } },
  };
}

function withSchedule(catalogue, row, name) {
  const rate = rateOf(catalogue, row) ?? 0.01;
  if (!name) return { ...row.options, learning_rate: rate };
  const own = rateName(catalogue.schedule.find((each) => each.name === name));
  return { ...row.options, learning_rate: { name, options: own ? { [own]: rate } : {} } };
}

function drawSwatch(swatch, { color, shape, dash }) {
  const points = [];
  const flat = shapeAt(shape, 0, 0, 5);
  for (let place = 0; place < flat.length; place += 2)
    points.push(`${flat[place]},${flat[place + 1]}`);
  refill(
    swatch,
    vector("line", {
      x1: -12,
      x2: 12,
      y1: 0,
      y2: 0,
      stroke: color,
      "stroke-width": 2.4,
      "stroke-dasharray": dash?.join(" "),
    }),
    vector("polygon", { points: points.join(" "), fill: color }),
  );
  swatch.setAttribute("data-shape", SHAPES[shape % SHAPES.length][0]);
}

/**
 * The short text of a result.
 * @param {{last: number, diverged: number | null}} result
 * @returns {{text: string, bad: boolean}}
 */
export function shortResult({ last, diverged }) {
  return diverged === null
    ? { text: shortNumber(last, 3), bad: false }
    : { text: `diverged at step ${diverged}`, bad: true };
}
