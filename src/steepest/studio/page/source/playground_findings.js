// What went wrong in the playground's training, with a button that goes back and applies the remedy.

import { button } from "./controls.js";
import { element, refill } from "./dom.js";
import { shortNumber } from "./numbers.js";

/**
 * The box of findings.
 * @param {{back: (rate: number | null) => void}} given
 * @returns {{element: HTMLElement, show: (frame: any) => void}}
 */
export function findingsBox({ back }) {
  const box = element("div", {
    class: "findings",
    role: "status",
    "data-part": "findings",
    "data-id": "findings",
  });
  function show({ data }) {
    if (!data.message) return refill(box);
    const rate = data.suggested_rate ?? null;
    const words =
      rate === null
        ? "Go back to the last finite numbers"
        : `Go back and train at rate ${shortNumber(rate, 3)}`;
    return refill(
      box,
      element(
        "article",
        { class: `finding ${data.severity === "error" ? "severe" : ""}` },
        element("p", {}, data.message),
        data.remedy ? element("p", { class: "remedy" }, data.remedy) : null,
        data.can_return
          ? element(
              "p",
              {},
              button(words, () => back(rate), { class: "main-button", "data-id": "apply" }),
            )
          : null,
      ),
    );
  }
  return { element: box, show };
}
