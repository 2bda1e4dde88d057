// Controls: numbers, choices, ticks, texts, each with a label, a one-line explanation and a place
// for what is wrong with its value. `field` is its name in messages of the library.

import { element, say, uniqueId } from "./dom.js";
import { shortNumber } from "./numbers.js";

/**
 * @typedef {{element: HTMLElement, set: (value: any) => void, wrong: (message: string | null) => void}} Control
 */

/**
 * The line for what is wrong with a value: as it was typed, and as an answer says. The first is shown
 * before the second, and no answer removes it.
 * @param {Record<string, any>} [attributes]
 * @param {(message: string | null) => void} [shown] called with each message that is shown
 * @returns {{element: HTMLElement, typed: (message: string | null) => void, answered: (message: string | null) => void}}
 */
export function errorLine(attributes = {}, shown = () => {}) {
  const line = element("p", { class: "wrong", hidden: true, ...attributes });
  const messages = { typed: null, answered: null };
  function put(source, message) {
    messages[source] = message;
    const first = messages.typed ?? messages.answered;
    if (line.hidden && !first) return;
    line.hidden = !first;
    say(line, first ?? "");
    shown(first);
  }
  return {
    element: line,
    typed: (message) => put("typed", message),
    answered: (message) => put("answered", message),
  };
}

/**
 * A label, a control, its explanation and its errors.
 * @param {{label: string, explain?: string, field?: string, part?: string, compact?: boolean}} words
 * @param {HTMLElement[]} inputs the first is the one that the label names
 * @returns {{element: HTMLElement, wrong: (message: string | null) => void,
 *   typed: (message: string | null) => void}} `wrong(null)` also removes what an answer said
 */
export function labelled({ label, explain, field, part, compact }, inputs) {
  const id = uniqueId("input");
  const [explainId, errorId] = [`${id}-explained`, `${id}-wrong`];
  const error = errorLine({ id: errorId }, (message) => {
    if (message) inputs[0].setAttribute("aria-invalid", "true");
    else inputs[0].removeAttribute("aria-invalid");
  });
  inputs[0].id = id;
  inputs[0].setAttribute("aria-describedby", explain ? `${explainId} ${errorId}` : errorId);
  for (const other of inputs.slice(1)) {
    if (!other.hasAttribute("aria-label")) other.setAttribute("aria-label", label);
  }
  if (compact && explain) inputs[0].title = explain;
  const box = element(
    "div",
    { class: compact ? "control compact" : "control", "data-field": field, "data-part": part },
    element("label", { for: id }, label),
    element("div", { class: "inputs" }, inputs),
    explain && element("p", { class: "explained", id: explainId }, explain),
    error.element,
  );
  function wrong(message) {
    error.typed(message);
    if (!message) error.answered(null);
  }
  box.showWrong = error.answered;
  return { element: box, wrong, typed: error.typed };
}

/**
 * A number, as a field and, with both limits, as a slider. With `open` the field also takes numbers
 * beyond the limits, which are then those of the slider alone.
 * @param {{label: string, explain?: string, field?: string, part?: string, low?: number, high?: number,
 *   open?: boolean, step?: number, whole?: boolean, log?: boolean, value: number | null,
 *   optional?: boolean, slider?: boolean, compact?: boolean, change: (value: number | null) => void}} given
 * @returns {Control}
 */
export function numberControl(given) {
  const { low = -Infinity, high = Infinity, whole = false, log = false, optional = false } = given;
  const [least, most] = given.open ? [-Infinity, Infinity] : [low, high];
  const field = element("input", {
    type: "text",
    inputmode: whole ? "numeric" : "decimal",
    class: "number",
    autocomplete: "off",
    spellcheck: "false",
  });
  const slider =
    (given.slider ?? true) && Number.isFinite(low) && Number.isFinite(high)
      ? element("input", {
          type: "range",
          min: 0,
          max: 1000,
          step: 1,
          class: "slide",
          "aria-label": given.label,
        })
      : null;
  const box = labelled(given, slider ? [field, slider] : [field]);
  const bottom = log ? Math.log(Math.max(low, high * 1e-8)) : low;
  const place = (value) => (log ? Math.log(Math.max(value, Math.exp(bottom))) : value);
  const span = place(high) - bottom;
  let current = given.value;
  let isWrong = false; // what stands in the field is no such number, and `current` is another one

  function show(value) {
    current = value;
    if (slider && value !== null) {
      slider.value = String(Math.round((1000 * (place(value) - bottom)) / span));
      slider.setAttribute("aria-valuetext", shortNumber(value));
    }
  }

  function set(value) {
    const isOther = value !== current;
    show(value);
    if (document.activeElement === field || (isWrong && !isOther)) return;
    field.value = value === null ? "" : String(value);
    isWrong = false;
    box.typed(null);
  }

  function take(value) {
    isWrong = false;
    box.wrong(null);
    show(value);
    given.change(value);
  }

  function typed() {
    const text = field.value
      .trim()
      .replace("\u2212", "-")
      .replace(/^(-?\d+),(\d+)$/, "$1.$2");
    if (text === "" && optional) return take(null);
    const value = Number(text);
    if (
      text === "" ||
      !Number.isFinite(value) ||
      value < least ||
      value > most ||
      (whole && !Number.isInteger(value))
    ) {
      isWrong = true;
      return box.wrong(
        `${whole ? "a whole number" : "a number"}${limits(least, most)} was expected`,
      );
    }
    return take(value);
  }

  function moved(direction, event) {
    event.preventDefault();
    const size = event.shiftKey ? 10 : 1;
    const step =
      given.step ?? (whole ? 1 : 10 ** Math.floor(Math.log10(Math.abs(current || 0.1))) / 10);
    const next =
      log && !whole
        ? (current || low || 0.001) * 1.1 ** (direction * size)
        : (current ?? 0) + direction * size * step;
    const value = Math.min(most, Math.max(least, tidy(next, whole)));
    field.value = String(value);
    take(value);
  }

  field.addEventListener("input", typed);
  field.addEventListener("blur", () => {
    if (field.getAttribute("aria-invalid")) return;
    field.value = current === null ? "" : String(current);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowUp") moved(1, event);
    else if (event.key === "ArrowDown") moved(-1, event);
  });
  if (slider) {
    slider.addEventListener("input", () => {
      const inner = bottom + (span * Number(slider.value)) / 1000;
      const value =
        slider.value === "0" ? low : slider.value === "1000" ? high : log ? Math.exp(inner) : inner;
      const rounded = tidy(
        given.step && !log ? low + Math.round((value - low) / given.step) * given.step : value,
        whole,
      );
      field.value = String(rounded);
      take(rounded);
    });
  }
  set(given.value);
  return { element: box.element, set, wrong: box.wrong };
}

function tidy(value, whole) {
  return whole ? Math.round(value) : Number(value.toPrecision(3));
}

function limits(low, high) {
  if (Number.isFinite(low) && Number.isFinite(high)) return ` from ${low} to ${high}`;
  if (Number.isFinite(low)) return ` of at least ${low}`;
  return Number.isFinite(high) ? ` of at most ${high}` : "";
}

/**
 * One of several values. Options are texts or {value, label}.
 * @param {{label: string, explain?: string, field?: string, part?: string, compact?: boolean,
 *   options: (string | {value: string, label: string})[], value: string | null,
 *   change: (value: string) => void}} given
 * @returns {Control}
 */
/** The seed of random numbers, from 0 to `high`. */
export function seedControl(value, change, high = 2 ** 24) {
  return numberControl({
    label: "Seed",
    field: "seed",
    part: "seed",
    low: 0,
    high,
    whole: true,
    slider: false,
    compact: true,
    value,
    change,
  });
}

export function choiceControl(given) {
  const select = element(
    "select",
    {},
    given.options.map((option) => {
      const { value, label } =
        typeof option === "string" ? { value: option, label: option } : option;
      return element("option", { value }, label);
    }),
  );
  const box = labelled(given, [select]);
  const set = (value) => {
    select.value = value ?? "";
  };
  select.addEventListener("change", () => {
    box.wrong(null);
    given.change(select.value);
  });
  set(given.value);
  return { element: box.element, set, wrong: box.wrong };
}

/**
 * Yes or no.
 * @param {{label: string, explain?: string, field?: string, part?: string, compact?: boolean,
 *   value: boolean, change: (value: boolean) => void}} given
 * @returns {Control}
 */
export function tickControl(given) {
  const input = element("input", { type: "checkbox" });
  const box = labelled(given, [input]);
  box.element.classList.add("tick");
  input.addEventListener("change", () => given.change(input.checked));
  const set = (value) => {
    input.checked = Boolean(value);
  };
  set(given.value);
  return { element: box.element, set, wrong: box.wrong };
}

/**
 * A line of text; `change` is called at each letter.
 * @param {{label: string, explain?: string, field?: string, part?: string, compact?: boolean,
 *   value: string, longest?: number, change: (value: string) => void}} given
 * @returns {Control}
 */
export function textControl(given) {
  const input = element("input", {
    type: "text",
    maxlength: given.longest ?? 200,
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "off",
  });
  const box = labelled(given, [input]);
  input.addEventListener("input", () => {
    box.wrong(null);
    given.change(input.value);
  });
  const set = (value) => {
    if (document.activeElement === input || input.value === value) return;
    input.value = value;
    box.typed(null);
  };
  set(given.value);
  return { element: box.element, set, wrong: box.wrong };
}

/**
 * A button.
 * @param {string} label
 * @param {() => void} press
 * @param {Record<string, any>} [attributes]
 * @returns {HTMLButtonElement}
 */
export function button(label, press, attributes = {}) {
  return element("button", { type: "button", ...attributes, on: { click: press } }, label);
}

/**
 * A group of controls under a heading.
 * @param {string} title
 * @param {Record<string, any>} attributes
 * @param {...any} children
 * @returns {HTMLElement}
 */
export function group(title, attributes, ...children) {
  const id = uniqueId("group");
  return element(
    "section",
    { class: "group", "aria-labelledby": id, ...attributes },
    element("h3", { id }, title),
    children,
  );
}

/**
 * Shows an error beside the control of its field, the nearest one if there is none of this name.
 * @param {HTMLElement} root
 * @param {string} field as "optimizers.2.options.learning_rate"
 * @param {string} message
 * @returns {boolean} whether there is such a control
 */
export function showAtField(root, field, message) {
  for (let name = field; name; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    const place = root.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (place?.showWrong) {
      place.showWrong(message);
      return true;
    }
  }
  return false;
}

/**
 * Removes the errors beside controls of some fields and of those within them.
 * @param {HTMLElement} root
 * @param {string[]} names
 */
export function clearErrors(root, names) {
  for (const place of root.querySelectorAll("[data-field]")) {
    const first = place.dataset.field.split(".")[0];
    if (names.includes(first)) place.showWrong?.(null);
  }
}
