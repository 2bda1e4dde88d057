// The controls of the playground's data: generated, of a formula, painted, or a table of one's own.

import { button, choiceControl, group, numberControl, textControl } from "./controls.js";
import { element, refill } from "./dom.js";
import { OPENED, tableFields } from "./playground_table.js";

const GENERATED = [
  ["circle", "circle (classes)"],
  ["xor", "exclusive or (classes)"],
  ["gauss", "clouds (classes)"],
  ["spiral", "spiral (classes)"],
  ["plane", "plane (values)"],
  ["multi-gauss", "hills (values)"],
];
const GENERATED_NAMES = new Set(GENERATED.map(([name]) => name));
/** The most points that are painted: a link with more would be long. */
export const MOST_PAINTED = 1400;

/** What kind of data a state has. @param {any} data @returns {string} */
export function kindOfData(data) {
  if ("expression" in data) return "formula";
  if ("rows" in data) return "painted";
  if ("upload" in data) return data.upload === OPENED ? "opened" : "table";
  return "table" in data ? "table" : data.name;
}

/**
 * The group of controls.
 * @param {{get: () => any, set: (data: any) => void, brush: {label: number}, live: any,
 *   opened: string | null, send: (name: string, text: string) => Promise<any>,
 *   failed: (error: any) => void}} given
 * @returns {{element: HTMLElement, update: () => void}}
 */
export function dataControls(given) {
  const { get, set, opened } = given;
  const kind = choiceControl({
    label: "Data",
    field: "data",
    part: "data",
    explain: "What the network learns from.",
    options: [
      ...GENERATED.map(([value, label]) => ({ value, label })),
      { value: "formula", label: "a formula" },
      { value: "painted", label: "painted by hand" },
      { value: "table", label: "a table (CSV)" },
      ...(opened ? [{ value: "opened", label: opened }] : []),
    ],
    value: kindOfData(get()),
    change: (name) => set(firstState(name, get())),
  });
  const fields = element("div", { class: "side" });
  let shown = null;

  function update() {
    const data = get();
    const now = kindOfData(data);
    kind.set(now);
    const shape = GENERATED_NAMES.has(now) ? "generated" : now;
    const form = now === "table" && "upload" in data ? "upload" : shape;
    if (form !== shown) {
      shown = form;
      fields.controls = fieldsOf(shape, given);
      refill(
        fields,
        fields.controls.map(({ element: each }) => each),
      );
    }
    for (const control of fields.controls) control.update?.(data);
  }

  return { element: group("Data", { "data-part": "data" }, kind.element, fields), update };
}

function firstState(name, before) {
  const { share = 0.5, seed = 0, noise = 0, points = 500 } = before;
  if (GENERATED_NAMES.has(name))
    return { name, points, noise, share, classes: before.classes ?? 2, seed };
  if (name === "formula")
    return { expression: "sin(x) - y / 3", task: "classes", points, noise, share, seed };
  if (name === "painted")
    return {
      rows: [
        [-2, 0, 0],
        [2, 0, 1],
      ],
      task: "classes",
      share: 0.7,
      seed,
    };
  if (name === "opened") return { upload: OPENED, share: 0.7, seed };
  return { table: "first,second,class\n1,2,a\n2,1,a\n6,5,b\n5,6,b\n", share: 0.7, seed };
}

function fieldsOf(shape, given) {
  const { get, set } = given;
  const patch = (name) => (value) => set({ ...get(), [name]: value });
  const number = (name, words) => {
    const control = numberControl({
      ...words,
      field: `data.${name}`,
      value: get()[name],
      change: patch(name),
    });
    return { element: control.element, update: (data) => control.set(data[name]) };
  };
  const choose = (name, words) => {
    const control = choiceControl({
      ...words,
      field: `data.${name}`,
      value: get()[name],
      change: patch(name),
    });
    return { element: control.element, update: (data) => control.set(data[name]) };
  };
  const noise = () =>
    number("noise", {
      label: "Noise",
      low: 0,
      high: 0.5,
      step: 0.01,
      part: "noise",
      explain: "How far points are from where they belong.",
    });
  const share = () =>
    number("share", {
      label: "Share for training",
      low: 0.1,
      high: 0.9,
      step: 0.05,
      part: "share",
      explain: "The others are only for the test.",
    });
  const points = () =>
    number("points", {
      label: "Points",
      low: 10,
      high: 5000,
      whole: true,
      log: true,
      part: "points",
    });
  const again = {
    element: button("Other points", () => set({ ...get(), seed: (get().seed ?? 0) + 1 }), {
      title: "draws the points anew, with the next seed",
      "data-part": "seed",
    }),
  };
  if (shape === "generated") {
    return [
      number("classes", { label: "Classes", low: 2, high: 8, whole: true, part: "classes" }),
      noise(),
      share(),
      points(),
      again,
    ];
  }
  if (shape === "formula") {
    const text = textControl({
      label: "Value",
      field: "data.expression",
      value: get().expression,
      change: patch("expression"),
      explain: "Of x and y. As classes: whether it is above 0.",
    });
    return [
      { element: text.element, update: (data) => text.set(data.expression) },
      choose("task", {
        label: "To predict",
        options: [
          { value: "classes", label: "the class" },
          { value: "values", label: "the value" },
        ],
      }),
      noise(),
      share(),
      points(),
      again,
    ];
  }
  return shape === "painted"
    ? paintFields({ ...given, share })
    : [...tableFields(given), share(), again];
}

function paintFields({ get, set, brush, share }) {
  const label = choiceControl({
    label: "Brush",
    value: String(brush.label),
    explain: "Draw on the output map with it.",
    options: Array.from({ length: 8 }, (_, index) => ({
      value: String(index),
      label: `class ${index}`,
    })),
    change: (value) => {
      brush.label = Number(value);
    },
  });
  const point = { x: 0, y: 0 };
  const axis = (name) =>
    numberControl({
      label: name,
      low: -6,
      high: 6,
      slider: false,
      compact: true,
      value: 0,
      change: (value) => {
        point[name] = value;
      },
    }).element;
  const add = button("Add this point", () => {
    const { rows } = get();
    if (rows.length < MOST_PAINTED)
      set({ ...get(), rows: [...rows, [point.x, point.y, brush.label]] });
  });
  const clear = button(
    "Remove the last point",
    () => get().rows.length > 2 && set({ ...get(), rows: get().rows.slice(0, -1) }),
  );
  return [
    label,
    { element: element("div", { class: "pairs" }, axis("x"), axis("y")) },
    { element: element("div", { class: "row" }, add, clear) },
    share(),
  ];
}
