// Trainings of the opened model by the studio itself: their controls.

import { button, group, numberControl } from "./controls.js";
import { element, say } from "./dom.js";

/**
 * Controls that train the opened model; hidden where none was opened with rows and targets.
 * @param {{start: (values: {epochs: number, batch_size: number}) => void, stop: () => void}} does
 * @returns {{element: HTMLElement, show: (own: {trains: boolean, busy: string | null}) => void}}
 */
export function ownTrainings(does) {
  const values = { epochs: 20, batch_size: 32 };
  const control = (label, field, high) =>
    numberControl({
      label,
      field,
      low: 1,
      high,
      whole: true,
      slider: false,
      compact: true,
      value: values[field],
      change: (value) => {
        values[field] = value;
      },
    }).element;
  const said = element("span", { class: "fact", role: "status" });
  const train = button("Train the model", () => does.start({ ...values }), {
    class: "main-button",
  });
  const stop = button("Stop", does.stop);
  const whole = group(
    "The opened model",
    { hidden: true, "data-part": "own" },
    element("p", { class: "fact" }, "From new weights, as a new run, which the doctor examines."),
    control("epochs", "epochs", 100000),
    control("batch", "batch_size", 1048576),
    element("p", { class: "row" }, train, stop),
    said,
  );
  return {
    element: whole,
    show({ trains, busy }) {
      whole.hidden = !trains;
      train.disabled = busy !== null;
      stop.disabled = busy === null;
      say(said, busy === null ? "" : `trains: ${busy}`);
    },
  };
}
