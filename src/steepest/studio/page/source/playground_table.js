// A table as data of the playground: its file or text, and which columns are used.

import { choiceControl, errorLine, tickControl } from "./controls.js";
import { element, refill } from "./dom.js";
import { Refused } from "./frame.js";
import { same } from "./store.js";

/** The name of the rows that the studio was opened with. */
export const OPENED = "the opened rows";
const COMPONENTS = "components";
const LARGEST_TEXT = 20000; // a table of so many letters is a part of the link, a larger one is sent
const LARGEST_SENT = 20 * 2 ** 20;

/**
 * The controls of a table.
 * @param {any} given
 * @returns {{element: HTMLElement, update?: (data: any) => void}[]}
 */
export function tableFields(given) {
  return [
    ...(given.get().upload === OPENED ? [] : [fileField(given)]),
    ...("table" in given.get() ? [textField(given)] : [sentTable(given)]),
    columnFields(given),
  ];
}

const next = (data, patch) => ({ share: data.share, seed: data.seed, ...patch });

/** A file is chosen, or dropped here; a small one becomes text, a larger one is sent. */
function fileField({ get, set, send, failed }) {
  const file = element("input", {
    type: "file",
    accept: ".csv,.tsv,.txt,text/csv",
    "aria-label": "CSV file",
  });
  const error = errorLine();
  const box = element(
    "div",
    { class: "control drop", "data-field": "data.upload", "data-id": "drop" },
    element(
      "p",
      { class: "explained" },
      "A file, chosen or dropped here. Names in its first line; columns to learn from, and one to predict.",
    ),
    file,
    error.element,
  );
  box.showWrong = error.answered;

  async function take(chosen) {
    if (!chosen) return;
    error.typed(null);
    error.answered(null);
    if (chosen.size > LARGEST_SENT) return error.typed(tooLarge(chosen.name));
    const text = await chosen.text();
    if (text.length <= LARGEST_TEXT) return set(next(get(), { table: text }));
    const own = chosen.name.slice(0, 190);
    const name = get().upload === own ? `${own} (again)` : own; // so that another content is seen
    if (new Blob([JSON.stringify({ name, text })]).size > LARGEST_SENT)
      return error.typed(tooLarge(name));
    try {
      await send(name, text);
    } catch (refused) {
      if (refused instanceof Refused) return error.typed(refused.message);
      return failed(refused);
    }
    return set(next(get(), { upload: name }));
  }

  file.addEventListener("change", () => take(file.files[0]));
  for (const name of ["dragover", "drop"])
    box.addEventListener(name, (event) => {
      event.preventDefault();
      if (name === "drop") take(event.dataTransfer.files[0]);
    });
  return { element: box };
}

function tooLarge(name) {
  return (
    `${name}: a file of at most 20 MB was expected; take a part of its rows, or open it with ` +
    "`steepest studio FILE --target COLUMN`"
  );
}

function textField({ get, set }) {
  const area = element("textarea", {
    rows: 6,
    "aria-label": "table",
    spellcheck: "false",
    class: "table-text",
  });
  const error = errorLine();
  const box = element("div", { class: "control", "data-field": "data.table" }, area, error.element);
  box.showWrong = error.answered;
  area.addEventListener("change", () => set(next(get(), { table: area.value })));
  const update = (data) => {
    if (document.activeElement !== area && area.value !== data.table) area.value = data.table ?? "";
  };
  update(get());
  return { element: box, update };
}

function sentTable({ get }) {
  return {
    element: element(
      "p",
      { class: "explained", "data-id": "sent-table" },
      `${get().upload} is shown. A link to it works while this studio runs.`,
    ),
  };
}

/** Two columns, or two principal components of all, and the column to predict. */
function columnFields({ get, set, live }) {
  const holder = element("div", { class: "side" });
  let shown = null;
  function update() {
    const data = get();
    const { table = [], columns: used = [] } = live.state?.data ?? {};
    const wanted = [table, data.columns ?? used, data.target];
    if (!table.length || same(shown, wanted)) return;
    shown = wanted;
    const all = table.map(([name]) => name);
    const numbers = table.filter(([, isNumber]) => isNumber).map(([name]) => name);
    const target = data.target ?? all[all.length - 1];
    const isWhole = data.columns === COMPONENTS;
    const columns = isWhole ? [] : (data.columns ?? used);
    const change = (patch) => set({ ...get(), ...patch });
    const pick = (label, field, options, value, pressed) =>
      choiceControl({ label, field, compact: true, options, value, change: pressed }).element;
    const across = (place) => (name) =>
      change({ columns: columns.map((each, index) => (index === place ? name : each)) });
    refill(
      holder,
      numbers.length > 3 || isWhole
        ? tickControl({
            label: "two principal components",
            compact: true,
            part: "components",
            value: isWhole,
            change: (value) => change({ columns: value ? COMPONENTS : null }),
          }).element
        : null,
      element(
        "div",
        { class: "pairs", "data-part": "columns" },
        isWhole ? null : pick("across", "data.columns", numbers, columns[0], across(0)),
        isWhole ? null : pick("up", "data.columns", numbers, columns[1], across(1)),
        pick("to predict", "data.target", all, target, (name) =>
          change({ target: name, columns: isWhole ? COMPONENTS : null }),
        ),
      ),
    );
  }
  return { element: holder, update };
}
