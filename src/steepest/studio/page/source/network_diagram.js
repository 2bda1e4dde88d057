// The network as a drawing: a column for each layer, a small map for each unit, a line for each
// weight. Units take the focus one at a time; the arrow keys walk between them.

import { bitmapOf, signTable } from "./color_maps.js";
import { element, oncePerFrame, refill, vector } from "./dom.js";
import { shortNumber } from "./numbers.js";

const MOST_LINES = 600;

/**
 * The diagram. `columns` are {name, head, units: [{name, words}]}; a unit that is chosen or under the
 * pointer is given to `look`, as (column, unit), or nulls.
 * @param {{look: (column: number | null, unit: number | null) => void, colors: () => any}} given
 * @returns {{element: HTMLElement, show: (columns: any[]) => void,
 *   paint: (maps: (any | null)[][], weights: (any | null)[]) => void}}
 */
export function networkDiagram({ look, colors }) {
  const lines = vector("svg", { class: "links", "aria-hidden": "true" });
  const holder = element("div", { class: "network-columns" });
  const diagram = element(
    "div",
    { class: "network", role: "group", "aria-label": "network" },
    lines,
    holder,
  );
  let cells = [];
  let last = { maps: [], weights: [] };
  let active = [0, 0];

  function show(columns) {
    cells = columns.map((column, place) =>
      column.units.map((unit, index) => unitCell(unit, place, index)),
    );
    refill(
      holder,
      columns.map((column, place) =>
        element(
          "div",
          { class: "network-column" },
          column.head,
          element(
            "div",
            { class: "units", role: "group", "aria-label": column.name },
            cells[place].map(({ button }) => button),
          ),
        ),
      ),
    );
    active = [Math.min(active[0], cells.length - 1), 0];
    setActive(...active, false);
    paint(last.maps, last.weights);
  }

  function unitCell(unit, column, index) {
    const canvas = element("canvas", {
      width: 1,
      height: 1,
      class: "unit-map",
      "aria-hidden": "true",
    });
    const button = element(
      "button",
      {
        type: "button",
        class: "unit",
        tabindex: -1,
        "aria-label": unit.words ?? unit.name,
        title: unit.name,
        "data-unit": `${column}.${index}`,
        on: {
          focus: () => look(column, index),
          blur: () => look(null, null),
          pointerenter: () => look(column, index),
          pointerleave: () => look(null, null),
          click: () => (unit.press ?? unit.edit)?.(),
          keydown: (event) => walked(event, column, index),
        },
      },
      canvas,
      unit.caption ? element("span", { class: "unit-caption" }, unit.caption) : null,
    );
    button.classList.toggle("off", unit.on === false);
    if (unit.press) button.setAttribute("aria-pressed", String(unit.on !== false));
    return { button, canvas, unit };
  }

  function walked(event, column, index) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ];
    if (!move) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(cells.length - 1, column + move[0]));
    const unit = Math.max(0, Math.min(cells[next].length - 1, index + move[1]));
    setActive(next, unit, true);
  }

  function setActive(column, unit, focus) {
    for (const { button } of cells.flat()) button.tabIndex = -1;
    const cell = cells[column]?.[unit];
    if (!cell) return;
    active = [column, unit];
    cell.button.tabIndex = 0;
    if (focus) cell.button.focus();
  }

  function paint(maps, weights) {
    last = { maps, weights };
    const table = signTable(colors());
    cells.forEach((column, place) =>
      column.forEach(({ canvas }, index) => {
        const map = maps[place]?.[index];
        if (!map) return;
        if (canvas.width !== map.side) Object.assign(canvas, { width: map.side, height: map.side });
        canvas.getContext("2d").putImageData(
          bitmapOf(map.values, map.side, map.side, (value) => value, table),
          0,
          0,
        );
      }),
    );
    redrawLines();
  }

  const redrawLines = oncePerFrame(() => {
    const box = holder.getBoundingClientRect();
    if (!box.width) return;
    lines.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
    lines.setAttribute("width", String(box.width));
    lines.setAttribute("height", String(box.height));
    const places = cells.map((column) =>
      column.map(({ button, unit }) => {
        const { left, right, top, bottom } = button.getBoundingClientRect();
        return {
          left: left - box.left,
          right: right - box.left,
          middle: (top + bottom) / 2 - box.top,
          on: unit.on !== false,
        };
      }),
    );
    refill(
      lines,
      last.weights.flatMap((weight, place) =>
        linesBetween(places[place] ?? [], places[place + 1] ?? [], weight, colors()),
      ),
    );
  });
  new ResizeObserver(redrawLines).observe(holder);
  return { element: diagram, show, paint };
}

function linesBetween(from, to, weight, colors) {
  const sources = from.map((place, index) => ({ ...place, index })).filter(({ on }) => on);
  if (!to.length || sources.length * to.length > MOST_LINES) return [];
  const values = weight?.values ?? [];
  const most = values.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 1e-9);
  return sources.flatMap((source, row) =>
    to.map((target, column) => {
      const value = weight ? values[row * to.length + column] : 0;
      const strength = Math.abs(value ?? 0) / most;
      const middle = (source.right + target.left) / 2;
      return vector(
        "path",
        {
          d: `M${source.right} ${source.middle}C${middle} ${source.middle} ${middle} ${target.middle} ${target.left} ${target.middle}`,
          fill: "none",
          stroke: value >= 0 ? colors.warm : colors.cold,
          "stroke-width": (0.6 + 4 * strength).toFixed(2),
          "stroke-dasharray": value < 0 ? "5 3" : undefined,
          opacity: (0.25 + 0.75 * strength).toFixed(2),
        },
        vector("title", {}, `weight ${shortNumber(value, 3)}`),
      );
    }),
  );
}
