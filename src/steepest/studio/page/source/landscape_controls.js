// The controls of the landscape: surface, start, steps, noise, basins.

import {
  choiceControl,
  group,
  numberControl,
  seedControl,
  textControl,
  tickControl,
} from "./controls.js";
import { element, refill } from "./dom.js";
import { planeControls } from "./landscape_model.js";
import { OF_MODEL, OWN, labelOf } from "./landscape_rows.js";

/**
 * The controls; `update` shows a state, `range` the start once the map is known.
 * @param {any} context
 * @param {{startOf: () => number[] | null}} given
 * @returns {any}
 */
export function landscapeControls(context, { startOf }) {
  const { state } = context;
  const get = () => state.get();
  const { opened, surfaces } = context.hello;
  const hasLoss = Boolean(opened.model && opened.data?.target);
  const names = [...surfaces, ...(hasLoss ? [OF_MODEL] : []), OWN];
  const surface = choiceControl({
    label: "Surface",
    field: "surface",
    part: "surface",
    explain: "What the optimizers descend on.",
    options: names,
    value: get().surface,
    change: (name) => state.set({ surface: name, start: null, at: null }),
  });
  const expression = textControl({
    label: "Height",
    field: "surface.expression",
    part: "surface",
    explain: "Of x and y, with + - * / ^ and functions such as sin, exp, sqrt, abs, log, tanh.",
    value: get().expression,
    change: (text) => state.set({ expression: text, start: null }),
  });
  const bound = (axis, place, word) =>
    numberControl({
      label: `${word} ${axis}`,
      field: `surface.${axis}`,
      compact: true,
      slider: false,
      value: get()[axis][place],
      change(value) {
        const range = [...get()[axis]];
        range[place] = value;
        if (range[0] < range[1]) state.set({ [axis]: range, start: null });
      },
    });
  const bounds = [
    bound("x", 0, "least"),
    bound("x", 1, "greatest"),
    bound("y", 0, "least"),
    bound("y", 1, "greatest"),
  ];
  const own = element(
    "div",
    { class: "own" },
    expression.element,
    element(
      "div",
      { class: "pairs" },
      bounds.map((each) => each.element),
    ),
  );
  const plane = planeControls(context);
  const formula = element("p", { class: "formula", "data-id": "formula" });
  const move = (place) => (value) => {
    const point = [...(startOf() ?? [0, 0])];
    point[place] = value;
    state.set({ start: point });
  };
  const start = ["x", "y"].map((axis, place) =>
    numberControl({
      label: `Start ${axis}`,
      field: `start.${place}`,
      part: "start",
      compact: true,
      slider: false,
      value: null,
      change: move(place),
    }),
  );
  const steps = numberControl({
    label: "Steps",
    field: "steps",
    part: "steps",
    explain: "How often each optimizer moves.",
    low: 1,
    high: 2000,
    whole: true,
    log: true,
    value: get().steps,
    change: (value) => state.set({ steps: value, at: null }),
  });
  const noise = numberControl({
    label: "Noise",
    field: "noise",
    part: "noise",
    low: 0,
    high: 10,
    step: 0.05,
    explain: "Random numbers added to each gradient, as small batches do.",
    value: get().noise,
    change: (value) => state.set({ noise: value }),
  });
  const seed = seedControl(get().seed, (value) => state.set({ seed: value }), 1e6);
  const basins = element("div", { "data-part": "basins" });
  const log = tickControl({
    label: "logarithmic heights",
    compact: true,
    value: get().log,
    change: (value) => state.set({ log: value }),
  });
  let offered = null;

  function showStart() {
    const point = startOf();
    start.forEach((control, place) =>
      control.set(point ? Number(point[place].toPrecision(6)) : null),
    );
  }

  return {
    formula,
    elements: [
      group("Surface", {}, surface.element, own, plane.element, formula),
      group(
        "Paths",
        {},
        element(
          "div",
          { class: "pairs" },
          start.map((each) => each.element),
        ),
        steps.element,
        noise.element,
        seed.element,
      ),
      group(
        "Basins",
        { "data-part": "basins" },
        basins,
        element("p", { class: "explained" }, "Colours each start by where its path ends."),
      ),
    ],
    below: log.element,
    range: showStart,
    update(now) {
      surface.set(now.surface);
      own.hidden = now.surface !== OWN;
      plane.element.hidden = now.surface !== OF_MODEL;
      if (now.surface === OF_MODEL) plane.update(now);
      expression.set(now.expression);
      bounds.forEach((control, index) => control.set(now[index < 2 ? "x" : "y"][index % 2]));
      showStart();
      steps.set(now.steps);
      noise.set(now.noise);
      seed.set(now.seed);
      log.set(now.log);
      const choices = [
        { value: "", label: "none" },
        ...now.optimizers.map((row, index) => ({
          value: String(index),
          label: `${index + 1}: ${labelOf(row)}`,
        })),
      ];
      const wanted = JSON.stringify([choices, now.basins]);
      if (wanted !== offered) {
        offered = wanted;
        const control = choiceControl({
          label: "Map of",
          field: "optimizer",
          compact: true,
          options: choices,
          value: now.basins === null ? "" : String(now.basins),
          change: (value) => state.set({ basins: value === "" ? null : Number(value) }),
        });
        refill(basins, control.element);
      }
    },
  };
}
