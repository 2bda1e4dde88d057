// The rows of optimizers of the landscape: as a state begins, as they are sent, as they look.

import { planeOf } from "./landscape_model.js";
import { shortNumber } from "./numbers.js";

/** The name of the surface that is typed. */
export const OWN = "own expression";

/** The name of the surface that is the loss of the opened model. */
export const OF_MODEL = "loss of the opened model";

/**
 * The rows of a new state: those of the courses.
 * @param {any} hello
 * @returns {any[]}
 */
export function initialRows(hello) {
  const wished = [
    ["SGD", 0.05, {}],
    ["SGD", 0.05, { momentum: 0.9 }],
    ["RMSprop", 0.05, {}],
    ["Adam", 0.1, {}],
  ];
  const known = new Set(hello.catalogue.optimizer.map(({ name }) => name));
  return wished
    .filter(([name]) => known.has(name))
    .map(([name, learning_rate, options]) => ({
      name,
      on: true,
      options: { learning_rate, ...options },
    }));
}

/**
 * The surface of a state as it is sent.
 * @param {any} state
 * @returns {any}
 */
export function surfaceOf(state) {
  if (state.surface === OF_MODEL) return { model: planeOf(state) };
  if (state.surface !== OWN) return state.surface;
  return { expression: state.expression, x: state.x, y: state.y };
}

/**
 * A row as it is sent.
 * @param {any} row
 * @returns {{name: string, options: any}}
 */
export function sentOf({ name, options }) {
  return { name, options };
}

/**
 * Colour, shape, dash and label of each row.
 * @param {any[]} rows
 * @param {any} colors
 * @returns {{color: string, shape: number, dash?: number[], label: string}[]}
 */
export function looksOf(rows, colors) {
  const labels = rows.map(labelOf);
  return rows.map((row, index) => ({
    color: colors.series[index % colors.series.length],
    shape: index % 8,
    dash: index >= 8 ? [7, 4] : undefined,
    label:
      labels.indexOf(labels[index]) === labels.lastIndexOf(labels[index])
        ? labels[index]
        : `${index + 1}: ${labels[index]}`,
  }));
}

/**
 * The label of a row.
 * @param {any} row
 * @returns {string}
 */
export function labelOf({ name, options }) {
  const momentum = options.momentum ? ` with momentum ${shortNumber(options.momentum)}` : "";
  return `${name}${momentum}`;
}
