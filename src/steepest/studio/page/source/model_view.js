// My model: its layers, a what-if form, its largest mistakes, and the loss around its weights.

import { drawAxes } from "./axes.js";
import { bitmapOf, heightTable } from "./color_maps.js";
import { contourSegments } from "./contours.js";
import { button, group, numberControl } from "./controls.js";
import { element, refill } from "./dom.js";
import { latestOnly } from "./latest.js";
import { shortNumber } from "./numbers.js";
import { canvasOf } from "./pens.js";
import { createPicture } from "./picture.js";
import { createScale, evenHeights } from "./scale.js";
import { same } from "./store.js";

const MOST_INPUTS = 40;
const LEVELS = 12;

/** The view. */
export const modelView = {
  name: "model",
  title: "My model",
  keys: [],
  initial: () => ({ row: null }),
  mount: mountModel,
};

function mountModel(context) {
  const { state, theme } = context;
  const get = () => state.get();
  const live = { model: null, loss: null };
  const layers = element("div", { class: "table-scroll" });
  const form = element("div", { class: "option-grid wide-options" });
  const outputs = element("div", { class: "in-numbers", "data-id": "outputs", role: "status" });
  const mistakes = element("div", { class: "table-scroll" });
  const picture = lossPicture(live, () => theme.get().colors);
  const around = button("Compute the loss around the weights", () => ask("loss", {}), {
    "data-id": "loss",
  });
  const worst = button("Show the largest mistakes", () => ask("mistakes", {}), {
    "data-id": "mistakes",
  });

  const fetchRow = latestOnly(
    (row) => context.ask("row", { row }),
    (frame) => {
      context.clear("row");
      showOutputs(frame);
    },
    context.failed,
  );

  async function ask(act, values) {
    try {
      take(await context.ask(act, values));
    } catch (error) {
      context.failed(error);
    }
  }

  function take(frame) {
    if (frame.kind === "model") {
      live.model = frame.data;
      refill(layers, layersTable(frame.data));
      showForm();
    } else if (frame.kind === "loss") {
      live.loss = frame;
      picture.element.hidden = false;
      picture.reground();
    } else if (frame.kind === "mistakes") refill(mistakes, mistakesTable(frame, live.model));
  }

  function showForm() {
    const { columns } = live.model;
    const row =
      get().row?.length === columns.length ? get().row : columns.map(({ median }) => median);
    refill(
      form,
      columns.slice(0, MOST_INPUTS).map(
        (column, place) =>
          numberControl({
            label: column.name,
            field: `row.${place}`,
            compact: true,
            low: column.low,
            high: column.high,
            open: true,
            whole: column.whole,
            value: tidied(row[place]),
            change: (value) =>
              state.set({
                row: (get().row ?? row).map((each, index) => (index === place ? value : each)),
              }),
          }).element,
      ),
    );
    if (columns.length) fetchRow(row);
  }

  function showOutputs({ arrays, shapes }) {
    const layerNames = Object.keys(arrays).filter((name) => name.startsWith("layer_"));
    refill(
      outputs,
      element("p", { class: "step-formula" }, `output: ${listed(arrays.outputs)}`),
      layerNames.map((name, place) =>
        element(
          "p",
          { class: "fact" },
          `${live.model.layers[place]?.name ?? name} (${shapes[name].at(-1)} units): ${listed(arrays[name])}`,
        ),
      ),
    );
    context.announce(`output ${listed(arrays.outputs)}`);
  }

  picture.element.hidden = true;
  const unwatch = theme.subscribe(picture.reground);
  return {
    element: element(
      "div",
      { class: "microscope" },
      element("div", { class: "side" }, group("Layers", {}, layers)),
      element(
        "div",
        { class: "main-column" },
        group("What if", {}, form, outputs),
        around,
        picture.element,
        worst,
        mistakes,
      ),
    ),
    update(now, before) {
      if (!before) ask("describe", {});
      else if (now.row && !same(now.row, before.row)) fetchRow(now.row);
    },
    close: unwatch,
  };
}

function tidied(value) {
  return Number(Number(value).toPrecision(5));
}

function listed(values) {
  const shown = [...values.slice(0, 12)].map((value) => shortNumber(value));
  return shown.join(", ") + (values.length > 12 ? ", …" : "");
}

function table(head, rows) {
  return element(
    "table",
    { class: "plain-table" },
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        head.map((name) => element("th", { scope: "col" }, name)),
      ),
    ),
    element(
      "tbody",
      {},
      rows.map((row) =>
        element(
          "tr",
          {},
          row.map((value) => element("td", {}, String(value))),
        ),
      ),
    ),
  );
}

function layersTable({ layers }) {
  return table(
    ["layer", "kind", "shape"],
    layers.map(({ name, kind, shape }) => [name, kind, [shape].flat().join(" × ")]),
  );
}

function mistakesTable({ arrays, data, shapes }, model) {
  const width = shapes.inputs[1];
  const names = model.columns.slice(0, Math.min(width, 8)).map(({ name }) => name);
  return table(
    ["row", "loss", "", ...names],
    [...arrays.rows].map((row, place) => [
      row,
      shortNumber(arrays.losses[place]),
      data.texts[place] ?? "",
      ...names.map((_, column) => shortNumber(arrays.inputs[place * width + column])),
    ]),
  );
}

function lossPicture(live, colors) {
  return createPicture({
    title: "Loss around the weights",
    file: "loss_around",
    height: (width) => Math.max(240, Math.min(width * 0.6, 460)),
    ground(pen, size) {
      if (!live.loss) return;
      const { data, arrays, shapes } = live.loss;
      const [rows, columns] = shapes.losses;
      const area = { left: 60, top: 8, right: size.width - 12, bottom: size.height - 40 };
      const heights = evenHeights(arrays.losses);
      const bitmap = canvasOf(
        bitmapOf(arrays.losses, rows, columns, heights.place, heightTable(colors().page)),
      );
      const [width, height] = [area.right - area.left, area.bottom - area.top];
      pen.image(bitmap, area.left, area.top, width, height);
      for (let level = 1; level < LEVELS; level += 1) {
        const ends = contourSegments(arrays.losses, rows, columns, heights.back(level / LEVELS));
        const places = ends.map((value, index) =>
          index % 2
            ? area.bottom - (value * height) / (rows - 1)
            : area.left + (value * width) / (columns - 1),
        );
        pen.segments(places, { stroke: colors().text, width: 0.7, opacity: 0.4 });
      }
      const x = createScale(...data.x, area.left, area.right);
      const y = createScale(...data.y, area.bottom, area.top);
      pen.marker(0, x.at(0), y.at(0), 6, { fill: colors().series[1], stroke: colors().page });
      drawAxes(pen, area, {
        x,
        y,
        xLabel: data.labels?.[0] ?? "first direction",
        yLabel: data.labels?.[1] ?? "second direction",
        colors: colors(),
      });
    },
    draw() {},
    describe: () =>
      live.loss
        ? `Loss around the weights: ${shortNumber(live.loss.data.loss)} at the middle. ${live.loss.data.note ?? ""}`
        : "The loss around the weights is not computed yet.",
    rows() {
      if (!live.loss) return { head: ["row", "column", "loss"], body: [] };
      const columns = live.loss.shapes.losses[1];
      return {
        head: ["row", "column", "loss"],
        body: [...live.loss.arrays.losses].map((loss, place) => [
          Math.floor(place / columns),
          place % columns,
          loss,
        ]),
      };
    },
  });
}
