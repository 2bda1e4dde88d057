// A table of texts and numbers.

import { element } from "./dom.js";

/**
 * A table with a head.
 * @param {string[]} head
 * @param {any[][]} rows
 * @returns {HTMLElement}
 */
export function plainTable(head, rows) {
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
