// My model: its drawing, a what-if form, what makes units fire, its boundary, loss and mistakes.

import { button, group } from "./controls.js";
import { element, refill } from "./dom.js";
import { OF_MODEL } from "./landscape_rows.js";
import { latestOnly } from "./latest.js";
import { modelBoxes } from "./model_boxes.js";
import { modelBoundary } from "./model_boundary.js";
import { lossPicture } from "./model_loss.js";
import { layersTable, modelNetwork } from "./model_network.js";
import { dataRows } from "./model_rows.js";
import { hasUnits, modelUnits } from "./model_units.js";
import { firstWarped, modelWarp, warpLayers } from "./model_warp.js";
import { listed, mostVaried, whatIfForm } from "./model_what_if.js";
import { same } from "./store.js";

const BOUNDARY_POINTS = 100;
const NO_ROWS = "Start the studio with rows too, to see what the model does with them.";
const NO_TARGETS =
  "Start the studio with rows and targets, to see the boundary, the loss and mistakes.";

/** The view. */
export const modelView = {
  name: "model",
  title: "My model",
  keys: [["arrow keys in the drawing", "the next unit; Enter shows what makes it fire"]],
  initial: () => ({ row: null, columns: null, layer: null, unit: 0, warp: null }),
  mount: mountModel,
};

function mountModel(context) {
  const { state, theme } = context;
  const get = () => state.get();
  const colors = () => theme.get().colors;
  const live = { described: null, row: null, loss: null, mistakes: null };
  const layers = element("div", { class: "table-scroll" });
  const mistakes = element("div", { class: "table-scroll", "data-id": "mistaken-rows" });
  const missing = element("p", { class: "fact", "data-id": "missing" });
  const network = modelNetwork({ colors, choose: (layer, unit) => state.set({ layer, unit }) });
  const boxes = modelBoxes((layer) => state.set({ layer, unit: 0 }));
  const form = whatIfForm({
    change: (place, value) =>
      state.set({ row: rowOf(get()).map((each, index) => (index === place ? value : each)) }),
  });
  const units = modelUnits({
    colors,
    change: (layer, unit) => state.set({ layer, unit }),
    pythons: {
      unit: pythonButton("unit", "rows of a unit", () => unitOf(get())),
      layer: pythonButton("layer", "outputs of a layer", () => ({ layer: unitOf(get()).layer })),
      first: pythonButton("first_layer", "weights of the first layer", () => ({})),
    },
  });
  const boundary = modelBoundary({ colors, change: (columns) => state.set({ columns }) });
  const warp = modelWarp({ colors, change: (next) => state.set({ warp: next }) });
  const loss = lossPicture(live, colors);
  loss.element.hidden = true;

  function pythonButton(name, title, values) {
    return button(
      "Show the Python",
      () => context.showPython({ of: name, with: values() }),
      {
        class: "tool quiet-button",
        "aria-label": `Show the Python: ${title}`,
        "data-id": `python-${name}`,
      },
    );
  }

  /** A group, with a button for the Python of its numbers. */
  function part(name, title, values, ...children) {
    const python = pythonButton(name, title, values);
    return group(title, { "data-part": name }, ...children, python);
  }

  const groups = {
    network: group(
      "Network",
      { "data-part": "network" },
      network.element,
      boxes.element,
      pythonButton("describe", "weights", () => ({})),
    ),
    row: part("row", "What if", () => ({ row: rowOf(get()) }), ...form.elements),
    unit: group("What makes a unit fire", { "data-part": "unit" }, ...units.elements),
    boundary: part("boundary", "Decision boundary", () => planeOf(get()), ...boundary.elements),
    warp: part("warp", "As a layer sees them", () => warpOf(get()), ...warp.elements),
    loss: part(
      "loss",
      "Loss around the weights",
      () => ({}),
      button("Compute the loss around the weights", () => ask("loss", {}), { "data-id": "loss" }),
      button(
        "Race optimizers on it",
        () => context.open("landscape", { surface: OF_MODEL }),
        { class: "tool", "data-id": "race" },
      ),
      loss.element,
    ),
    mistakes: part(
      "mistakes",
      "Largest mistakes",
      () => ({}),
      button("Show the largest mistakes", () => ask("mistakes", {}), { "data-id": "mistakes" }),
      mistakes,
    ),
  };

  const newest = (name, done) =>
    latestOnly((values) => context.ask(name, values), done, context.failed);
  const fetchRow = newest("row", (frame, { row }) => {
    context.clear("row");
    live.row = frame;
    form.answer(frame, live.described.data.layers);
    network.paint(row, frame);
    context.announce(`output ${listed(frame.arrays.outputs)}`);
  });
  const fetchUnit = newest("unit", (frame) => {
    context.clear("unit", "layer");
    units.take(frame);
    context.announce(units.facts());
  });
  const fetchLayer = newest("layer", units.take);
  const fetchBoundary = newest("boundary", (frame, { columns }) => {
    context.clear("columns");
    boundary.take(frame, columns);
    context.announce(boundary.words());
  });

  const fetchWarp = newest("warp", (frame) => {
    context.clear("layer", "units", "columns");
    warp.take(frame);
    context.announce(warp.words());
  });

  async function ask(act, values) {
    try {
      take(await context.ask(act, values));
    } catch (error) {
      context.failed(error);
    }
  }

  function take(frame) {
    if (frame.kind === "model") describe(frame);
    else if (frame.kind === "first_layer") units.take(frame);
    else if (frame.kind === "loss") {
      live.loss = frame;
      loss.element.hidden = false;
      loss.reground();
    } else if (frame.kind === "mistakes") {
      live.mistakes = frame;
      showMistakes();
    }
  }

  function describe(frame) {
    live.described = frame;
    const { data } = frame;
    const has = partsOf(data);
    for (const [name, shown] of Object.entries(has)) groups[name].hidden = !shown;
    refill(missing, whatIsMissing(data));
    refill(layers, layersTable(data));
    network.show(frame);
    boxes.element.hidden = !data.boxes;
    if (data.boxes) boxes.show(data);
    units.describe(data);
    boundary.describe(data);
    warp.describe(data);
    if (has.row) {
      form.show(data, rowOf(get()));
      fetchRow({ row: rowOf(get()) });
    }
    if (has.unit) showUnit(true);
    if (has.unit && data.picture) ask("first_layer", {});
    if (has.boundary) showBoundary();
    if (has.warp) showWarp();
  }

  function showWarp() {
    if (groups.warp.hidden) return;
    const { layer, units } = warpOf(get());
    warp.choose({ layer, units });
    fetchWarp(warpOf(get()));
  }

  function showUnit(isOther) {
    const { layer, unit } = unitOf(get());
    units.choose(layer, unit);
    boxes.mark(layer);
    if (isOther) fetchLayer({ layer });
    fetchUnit({ layer, unit });
  }

  function showBoundary() {
    const plane = planeOf(get());
    boundary.choose(plane.columns);
    fetchBoundary(plane);
  }

  function showMistakes() {
    const frame = live.mistakes;
    const [model, values] = [live.described.data, frame.arrays.losses];
    const { texts } = frame.data;
    refill(mistakes, dataRows({ frame, model, name: "loss", values, texts, colors: colors() }));
  }

  function rowOf({ row }) {
    const { columns } = live.described.data;
    return row?.length === columns.length ? row : columns.map(({ median }) => median);
  }

  function unitOf({ layer, unit }) {
    const known = live.described.data.layers;
    return { layer: known[layer]?.units ? layer : known.findIndex(hasUnits), unit };
  }

  /** The layer that sees the rows, and the inputs of the grid: those of the boundary. */
  function warpOf(now) {
    const model = live.described.data;
    const layer = warpLayers(model).includes(now.warp?.layer) ? now.warp.layer : firstWarped(model);
    const columns = model.columns.length > 1 ? planeOf(now).columns : null;
    return { layer, units: now.warp?.units ?? null, columns };
  }

  /** Two columns: of a table the first, of pictures those that vary most. */
  function planeOf({ columns }) {
    const { columns: known, picture } = live.described.data;
    const usual = picture ? mostVaried(known, 2) : [0, 1];
    return { columns: columns ?? usual, points: BOUNDARY_POINTS };
  }

  function redraw() {
    loss.reground();
    boundary.redraw();
    warp.redraw();
    units.redraw();
    if (live.described) network.show(live.described);
    if (live.mistakes) showMistakes();
  }

  const unwatch = theme.subscribe(redraw);
  redraw();
  return {
    element: element(
      "div",
      { class: "my-model" },
      element(
        "div",
        { class: "side" },
        group("Layers", { "data-part": "layers" }, layers),
        missing,
      ),
      element("div", { class: "wide-part" }, groups.network),
      element("div", { class: "main-column" }, groups.row, groups.boundary, groups.warp, groups.loss),
      element("div", { class: "main-column" }, groups.unit, groups.mistakes),
    ),
    update(now, before) {
      if (!before) {
        ask("describe", {});
        return;
      }
      if (!live.described) return;
      if (!same(now.row, before.row)) {
        if (!groups.row.contains(document.activeElement))
          form.show(live.described.data, rowOf(now));
        fetchRow({ row: rowOf(now) });
      }
      if (now.layer !== before.layer || now.unit !== before.unit)
        showUnit(now.layer !== before.layer);
      if (!same(now.columns, before.columns)) showBoundary();
      if (!same(now.columns, before.columns) || !same(now.warp, before.warp)) showWarp();
    },
    close: unwatch,
  };
}

/** Why a part is not shown, or nothing. */
function whatIsMissing({ rows, targets, row_shape: shape, columns }) {
  if (!rows) return NO_ROWS;
  if (!targets) return NO_TARGETS;
  if (shape.length > 1) return "A decision boundary is drawn over two columns of a table; these rows are none.";
  return columns.length > 1 ? "" : "A decision boundary needs two inputs, and this model has one.";
}

/** Which parts can be shown. */
function partsOf(model) {
  const { columns, rows, row_shape: shape, targets, layers } = model;
  const isTable = rows > 0 && shape.length === 1;
  return {
    network: layers.length > 0,
    row: rows > 0,
    unit: rows > 0 && layers.some(hasUnits),
    boundary: targets && isTable && columns.length > 1,
    warp: isTable && warpLayers(model).length > 0,
    loss: targets,
    mistakes: targets,
  };
}
