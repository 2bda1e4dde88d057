// Rows of numbers as small pictures side by side.

import { bitmapOf, channels, signTable, tableThrough } from "./color_maps.js";
import { element } from "./dom.js";

/**
 * Pictures of one shape, (height, width) or (height, width, 1 or 3), with a caption each. `signed`
 * shows numbers below and above zero, otherwise the least is the page and the greatest the text.
 * @param {{values: Float32Array, shape: number[], captions: string[], signed?: boolean, colors: any}} given
 * @returns {HTMLElement}
 */
export function pictureTiles({ values, shape, captions, signed = false, colors }) {
  const [height, width, depth = 1] = shape;
  const size = height * width * depth;
  const [low, high] = rangeOf(values, signed);
  const place = (value) => (255 * (value - low)) / (high - low || 1);
  const table = signed
    ? signTable(colors)
    : tableThrough([channels(colors.page), channels(colors.text)]);
  return element(
    "div",
    { class: "tiles" },
    captions.map((caption, index) => {
      const own = values.subarray(index * size, (index + 1) * size);
      const image =
        depth === 3
          ? colored(own, height, width, place)
          : bitmapOf(upsideDown(own, height, width), height, width, place, table);
      const canvas = element("canvas", { width, height, role: "img", "aria-label": `${caption}.` });
      canvas.getContext("2d").putImageData(image, 0, 0);
      return element(
        "figure",
        { class: "tile" },
        canvas,
        element("figcaption", { class: "fact", "aria-hidden": "true" }, caption),
      );
    }),
  );
}

function rangeOf(values, signed) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const most = Math.max(Math.abs(low), Math.abs(high));
  return signed ? [-most, most] : [low, high];
}

/** Rows of pictures go downwards, those of maps upwards. */
function upsideDown(values, height, width) {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < height; row += 1)
    turned.set(values.subarray(row * width, (row + 1) * width), (height - 1 - row) * width);
  return turned;
}

function colored(values, height, width, place) {
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    for (let channel = 0; channel < 3; channel += 1)
      image.data[4 * pixel + channel] = place(values[3 * pixel + channel]);
    image.data[4 * pixel + 3] = 255;
  }
  return image;
}
