// Rows of the data, as pictures or with their columns.

import { plainTable } from "./plain_table.js";
import { shortNumber } from "./numbers.js";
import { pictureTiles } from "./tiles.js";

const MOST_COLUMNS = 8;

/**
 * The rows of a frame with the arrays `rows` and `inputs`. `values` are numbers by row with a name,
 * `texts` may say more of each.
 * @param {{frame: any, model: any, name: string, values: Float32Array, texts?: string[], colors: any}} given
 * @returns {HTMLElement}
 */
export function dataRows({ frame, model, name, values, texts = [], colors }) {
  const { rows, inputs } = frame.arrays;
  if (model.picture) {
    const captions = [...rows].map((row, place) =>
      [`row ${row}: ${name} ${shortNumber(values[place], 3)}`, texts[place]]
        .filter(Boolean)
        .join(", "),
    );
    return pictureTiles({ values: inputs, shape: model.picture, captions, colors });
  }
  const width = frame.shapes.inputs[1];
  const columns = model.columns.slice(0, Math.min(width, MOST_COLUMNS));
  return plainTable(
    ["row", name, ...(texts.some(Boolean) ? ["what"] : []), ...columns.map((each) => each.name)],
    [...rows].map((row, place) => [
      row,
      shortNumber(values[place]),
      ...(texts.some(Boolean) ? [texts[place] ?? ""] : []),
      ...columns.map((_, column) => shortNumber(inputs[place * width + column])),
    ]),
  );
}
