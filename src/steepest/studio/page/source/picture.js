// A picture: a canvas that a drawing fills, with its description, its numbers as a table and files.

import { download, element, oncePerFrame, refill, say, uniqueId, vector } from "./dom.js";
import { CanvasPen, VectorPen } from "./pens.js";

const MOST_ROWS = 500;

/**
 * `ground` draws what lies under the drawing and changes rarely; it is stored as a bitmap.
 * @typedef {{title: string, file: string, draw: (pen: any, size: {width: number, height: number}) => void,
 *   ground?: (pen: any, size: {width: number, height: number}) => void,
 *   height: (width: number) => number, describe: () => string,
 *   rows?: () => {head: string[], body: any[][]}}} Drawing
 */

/**
 * The figure of a drawing. `overlay` is an SVG element over the canvas for parts that take the
 * focus; `redraw()` draws before the next picture of the screen, `reground()` the ground too.
 * @param {Drawing} drawing
 * @returns {{element: HTMLElement, overlay: SVGElement, redraw: () => void, reground: () => void,
 *   stage: HTMLElement, size: {width: number, height: number}, rename: (text: string) => void}}
 */
export function createPicture(drawing) {
  const canvas = element("canvas", { role: "img", "aria-label": drawing.title });
  const overlay = vector("svg", { class: "overlay", "aria-hidden": "false" });
  const stage = element("div", { class: "stage" }, canvas, overlay);
  const holder = element("div", { class: "numbers", hidden: true, id: uniqueId("numbers") });
  const title = element("span", { class: "picture-title" }, drawing.title);
  const tools = element("span", { class: "tools" });
  const figure = element(
    "figure",
    { class: "picture" },
    element("figcaption", {}, title, tools),
    stage,
    holder,
  );
  const size = { width: 0, height: 0 };
  const under = document.createElement("canvas");
  let isStale = true;
  let width = 0; // as last observed: to ask for it while drawing would lay out the page each time

  function paint() {
    if (!width || !figure.isConnected) return;
    const height = Math.round(drawing.height(width));
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    if (
      size.width !== width ||
      size.height !== height ||
      canvas.width !== Math.round(width * ratio)
    ) {
      Object.assign(size, { width, height });
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.height = `${height}px`;
      overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
      isStale = true;
    }
    const context = cleared(canvas, ratio, size);
    if (drawing.ground) {
      if (isStale) {
        Object.assign(under, { width: canvas.width, height: canvas.height });
        drawing.ground(new CanvasPen(cleared(under, ratio, size)), size);
      }
      context.drawImage(under, 0, 0, width, height);
    }
    isStale = false;
    drawing.draw(new CanvasPen(context), size);
    if (!holder.hidden) fillTable(holder, drawing);
  }

  const redraw = oncePerFrame(paint);
  // Labels and tables change when a reader may want them, not sixty times a second.
  let labelled = 0;
  const relabel = () => {
    labelled = 0;
    const words = drawing.describe();
    if (canvas.getAttribute("aria-label") !== words) canvas.setAttribute("aria-label", words);
  };
  const changed = () => {
    redraw();
    if (!labelled) labelled = window.setTimeout(relabel, 400);
  };
  const observer = new ResizeObserver(([entry]) => {
    width = Math.floor(entry.contentRect.width);
    redraw();
  });
  observer.observe(stage);
  tools.append(...toolsOf(drawing, canvas, size, holder));
  const reground = () => {
    isStale = true;
    changed();
  };
  return {
    element: figure,
    overlay,
    stage,
    size,
    redraw: changed,
    reground,
    rename: (text) => say(title, text),
  };
}

function cleared(canvas, ratio, size) {
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  return context;
}

function toolsOf(drawing, canvas, size, holder) {
  const tool = (label, explain, press) =>
    element(
      "button",
      {
        type: "button",
        class: "tool",
        title: explain,
        "aria-label": explain,
        on: { click: press },
      },
      label,
    );
  const file = () => `steepest_${drawing.file}`;
  const buttons = [
    tool("PNG", `save "${drawing.title}" as PNG`, () =>
      canvas.toBlob((blob) => blob && download(`${file()}.png`, blob)),
    ),
    tool("SVG", `save "${drawing.title}" as SVG`, () => {
      const pen = new VectorPen();
      drawing.ground?.(pen, size);
      drawing.draw(pen, size);
      const text = pen.file(size.width, size.height, drawing.describe());
      download(`${file()}.svg`, new Blob([text], { type: "image/svg+xml" }));
    }),
  ];
  if (!drawing.rows) return buttons;
  const table = tool("Numbers", `show the numbers of "${drawing.title}" as a table`, () => {
    holder.hidden = !holder.hidden;
    table.setAttribute("aria-expanded", String(!holder.hidden));
    if (!holder.hidden) fillTable(holder, drawing);
  });
  table.setAttribute("aria-expanded", "false");
  table.setAttribute("aria-controls", holder.id);
  return [
    ...buttons,
    tool("CSV", `save the numbers of "${drawing.title}" as CSV`, () =>
      saveNumbers(file(), drawing.rows()),
    ),
    table,
  ];
}

/**
 * Saves numbers as a file of CSV.
 * @param {string} file its name, without ".csv"
 * @param {{head: string[], body: any[][]}} rows
 */
export function saveNumbers(file, { head, body }) {
  const text = [head, ...body].map((row) => row.map(csvField).join(",")).join("\r\n");
  download(`${file}.csv`, new Blob([`${text}\r\n`], { type: "text/csv" }));
}

function fillTable(holder, drawing) {
  const { head, body } = drawing.rows();
  const every = Math.max(1, Math.ceil(body.length / MOST_ROWS));
  const shown = body.filter((_, index) => index % every === 0);
  const note = every > 1 ? ` (every ${every}th row; the CSV file has all ${body.length})` : "";
  const cell = (value, tag) =>
    element(tag, tag === "th" ? { scope: "col" } : {}, shownValue(value));
  refill(
    holder,
    element(
      "table",
      {},
      element("caption", {}, drawing.title + note),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          head.map((each) => cell(each, "th")),
        ),
      ),
      element(
        "tbody",
        {},
        shown.map((row) =>
          element(
            "tr",
            {},
            row.map((each) => cell(each, "td")),
          ),
        ),
      ),
    ),
  );
  holder.tabIndex = 0;
}

function shownValue(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "number" ? String(Number(value.toPrecision(7))) : String(value);
}

function csvField(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const safe =
    /^[=+@]/.test(text) || (/^-/.test(text) && Number.isNaN(Number(text))) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
