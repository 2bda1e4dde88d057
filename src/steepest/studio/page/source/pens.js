// Two pens with the same strokes: one for the screen, one for files. A drawing is written once.

import { shapeAt } from "./markers.js";

const FONT = "system-ui, sans-serif";

/**
 * @typedef {{stroke?: string, width?: number, dash?: number[], fill?: string, opacity?: number}} Style
 */

/** Draws on a canvas. */
export class CanvasPen {
  /** @param {CanvasRenderingContext2D} context */
  constructor(context) {
    this.context = context;
  }

  /** A line through points x, y, x, y ... @param {ArrayLike<number>} points @param {Style} style */
  line(points, style) {
    this.context.beginPath();
    this.trace(points);
    this.finish(style);
  }

  /** A closed line. @param {ArrayLike<number>} points @param {Style} style */
  polygon(points, style) {
    this.context.beginPath();
    this.trace(points);
    this.context.closePath();
    this.finish(style);
  }

  /** Separate lines of two points each. @param {ArrayLike<number>} ends @param {Style} style */
  segments(ends, style) {
    const { context } = this;
    context.beginPath();
    for (let index = 0; index < ends.length; index += 4) {
      context.moveTo(ends[index], ends[index + 1]);
      context.lineTo(ends[index + 2], ends[index + 3]);
    }
    this.finish(style);
  }

  rectangle(x, y, width, height, style) {
    this.context.beginPath();
    this.context.rect(x, y, width, height);
    this.finish(style);
  }

  marker(shape, x, y, radius, style) {
    this.polygon(shapeAt(shape, x, y, radius), style);
  }

  text(x, y, words, { color, size = 12, anchor = "start", turned = false, weight = 400 }) {
    const { context } = this;
    context.save();
    context.translate(x, y);
    if (turned) context.rotate(-Math.PI / 2);
    context.font = `${weight} ${size}px ${FONT}`;
    context.textAlign = anchor === "middle" ? "center" : anchor;
    context.textBaseline = "middle";
    context.fillStyle = color;
    context.fillText(words, 0, 0);
    context.restore();
  }

  image(bitmap, x, y, width, height, smooth = true) {
    this.context.imageSmoothingEnabled = smooth;
    this.context.imageSmoothingQuality = "high";
    this.context.drawImage(bitmap, x, y, width, height);
  }

  /** What `draw` draws is cut at a rectangle. */
  clip(x, y, width, height, draw) {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    draw();
    context.restore();
  }

  trace(points) {
    const { context } = this;
    let isOpen = false;
    for (let index = 0; index + 1 < points.length; index += 2) {
      const [x, y] = [points[index], points[index + 1]];
      if (!Number.isFinite(x) || !Number.isFinite(y)) isOpen = false;
      else if (isOpen) context.lineTo(x, y);
      else {
        context.moveTo(x, y);
        isOpen = true;
      }
    }
  }

  finish({ stroke, width = 1, dash, fill, opacity = 1 }) {
    const { context } = this;
    context.globalAlpha = opacity;
    if (fill) {
      context.fillStyle = fill;
      context.fill();
    }
    if (stroke) {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.lineJoin = "round";
      context.lineCap = "round";
      context.setLineDash(dash ?? []);
      context.stroke();
    }
    context.globalAlpha = 1;
  }
}

/** Writes the text of an SVG file. */
export class VectorPen {
  constructor() {
    this.parts = [];
    this.clips = 0;
  }

  line(points, style) {
    this.path(pathOf(points), style);
  }

  polygon(points, style) {
    this.path(`${pathOf(points)}Z`, style);
  }

  segments(ends, style) {
    let path = "";
    for (let index = 0; index < ends.length; index += 4)
      path += pathOf(ends.slice(index, index + 4));
    this.path(path, style);
  }

  rectangle(x, y, width, height, style) {
    this.path(`M${x} ${y}h${width}v${height}h${-width}Z`, style);
  }

  marker(shape, x, y, radius, style) {
    this.polygon(shapeAt(shape, x, y, radius), style);
  }

  text(x, y, words, { color, size = 12, anchor = "start", turned = false, weight = 400 }) {
    const place = `translate(${rounded(x)} ${rounded(y)})${turned ? " rotate(-90)" : ""}`;
    this.parts.push(
      `<text transform="${place}" fill="${color}" font-size="${size}" font-weight="${weight}" ` +
        `text-anchor="${anchor}" dominant-baseline="central">${escaped(words)}</text>`,
    );
  }

  image(bitmap, x, y, width, height, smooth = true) {
    const kind = smooth ? "auto" : "pixelated";
    this.parts.push(
      `<image href="${bitmap.toDataURL()}" x="${x}" y="${y}" width="${width}" height="${height}" ` +
        `preserveAspectRatio="none" style="image-rendering:${kind}"/>`,
    );
  }

  clip(x, y, width, height, draw) {
    this.clips += 1;
    const name = `clip-${this.clips}`;
    const area = `<rect x="${x}" y="${y}" width="${width}" height="${height}"/>`;
    this.parts.push(`<clipPath id="${name}">${area}</clipPath><g clip-path="url(#${name})">`);
    draw();
    this.parts.push("</g>");
  }

  path(path, { stroke, width = 1, dash, fill, opacity = 1 }) {
    const dashes = dash && dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    this.parts.push(
      `<path d="${path}" fill="${fill ?? "none"}" stroke="${stroke ?? "none"}" ` +
        `stroke-width="${width}" opacity="${opacity}" stroke-linejoin="round"${dashes}/>`,
    );
  }

  /** The file. @param {number} width @param {number} height @param {string} title */
  file(width, height, title) {
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
      `height="${height}" font-family="${FONT}"><title>${escaped(title)}</title>` +
      `${this.parts.join("\n")}</svg>`
    );
  }
}

function pathOf(points) {
  let path = "";
  let isOpen = false;
  for (let index = 0; index + 1 < points.length; index += 2) {
    const [x, y] = [points[index], points[index + 1]];
    if (!Number.isFinite(x) || !Number.isFinite(y)) isOpen = false;
    else {
      path += `${isOpen ? "L" : "M"}${rounded(x)} ${rounded(y)}`;
      isOpen = true;
    }
  }
  return path;
}

function rounded(value) {
  return Math.round(value * 100) / 100;
}

function escaped(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return String(text).replace(/[&<>"]/g, (letter) => names[letter]);
}

/**
 * A canvas that holds a bitmap, for `image` of the pens.
 * @param {ImageData} bitmap
 * @returns {HTMLCanvasElement}
 */
export function canvasOf(bitmap) {
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d").putImageData(bitmap, 0, 0);
  return canvas;
}
