// Windows over the page: Python code, and the list of keys.

import { button } from "./controls.js";
import { element, say, uniqueId } from "./dom.js";

/**
 * Opens a dialog, and removes it when it is closed.
 * @param {HTMLElement} root
 * @param {string} title
 * @param {...any} children
 * @returns {HTMLDialogElement}
 */
export function openDialog(root, title, ...children) {
  const id = uniqueId("dialog");
  const dialog = element("dialog", { "aria-labelledby": id });
  const close = button("Close", () => dialog.close(), { class: "quiet-button" });
  dialog.append(element("header", {}, element("h2", { id }, title), close), ...children);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  root.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * Shows Python code with a button that copies it.
 * @param {HTMLElement} root
 * @param {string} text
 */
export function showPython(root, text) {
  const code = element("pre", { tabindex: 0, "aria-label": "Python code", class: "code" }, text);
  const copied = element("span", { role: "status", class: "copied" });
  const copy = button(
    "Copy",
    async () => {
      say(
        copied,
        (await copyText(text)) ? "copied" : "select the text and copy it with the keyboard",
      );
    },
    { class: "main-button" },
  );
  openDialog(
    root,
    "The Python of this picture",
    element("p", {}, "It gives the same numbers, bit for bit."),
    code,
    element("p", { class: "row" }, copy, copied),
  );
}

/**
 * Copies a text; false where the browser does not allow it.
 * @param {string} text
 * @returns {Promise<boolean>}
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Shows the keys of the page and of a view.
 * @param {HTMLElement} root
 * @param {[string, string][]} keys
 */
export function showKeys(root, keys) {
  const everywhere = [
    ["?", "this list"],
    ["Tab, Shift+Tab", "next or previous control"],
    ["arrow keys", "move a point or a slider; Shift moves ten times as far"],
    ["Escape", "close a window"],
  ];
  openDialog(
    root,
    "Keys",
    element(
      "dl",
      { class: "keys" },
      [...keys, ...everywhere]
        .map(([key, meaning]) => [element("dt", {}, key), element("dd", {}, meaning)])
        .flat(),
    ),
  );
}
