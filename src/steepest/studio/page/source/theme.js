// Light or dark, and the colours of drawings, which are those of the style sheet.

import { createStore } from "./store.js";

const COLOR_NAMES = ["page", "panel", "text", "quiet", "line", "accent", "cold", "warm"];
const SERIES = 8;

/**
 * Sets the theme of a root element by choice ("auto", "light", "dark"), the notebook around it and
 * the system. The store holds {choice, dark, colors}.
 * @param {HTMLElement} root
 * @param {string} choice
 * @returns {import("./store.js").Store & {choose: (choice: string) => void, stop: () => void}}
 */
export function watchTheme(root, choice) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const store = createStore({ choice, dark: null, colors: null });

  function apply() {
    const { choice: wanted, dark: before } = store.get();
    const dark = wanted === "auto" ? (hostIsDark(root) ?? system.matches) : wanted === "dark";
    if (dark === before && store.get().colors?.page) return;
    root.dataset.theme = dark ? "dark" : "light";
    if (document.documentElement.dataset.studio !== undefined) {
      document.documentElement.dataset.theme = root.dataset.theme;
    }
    store.set({ dark, colors: colorsOf(root) });
  }

  const observer = new MutationObserver(apply);
  const attributes = ["class", "data-theme", "data-jp-theme-light"];
  for (const place of [document.documentElement, document.body]) {
    observer.observe(place, { attributes: true, attributeFilter: attributes });
  }
  system.addEventListener("change", apply);
  // JupyterLab fills a widget before it is in the page, where the style sheet has no colours for it.
  const attached = new ResizeObserver(apply);
  attached.observe(root);
  return {
    ...store,
    apply,
    choose(wanted) {
      store.set({ choice: wanted });
      apply();
    },
    stop() {
      observer.disconnect();
      attached.disconnect();
      system.removeEventListener("change", apply);
    },
  };
}

function hostIsDark(root) {
  if (document.documentElement.dataset.studio !== undefined) return null;
  for (let place = root.parentElement ?? document.body; place; place = place.parentElement) {
    const theme = place.dataset.theme ?? place.dataset.vscodeThemeKind ?? "";
    if (place.dataset.jpThemeLight) return place.dataset.jpThemeLight === "false";
    if (theme.includes("dark") || place.classList.contains("dark")) return true;
    if (theme.includes("light") || place.classList.contains("light")) return false;
    if (place.classList.contains("vscode-dark")) return true;
    if (place.classList.contains("vscode-light")) return false;
  }
  return null;
}

function colorsOf(root) {
  const style = getComputedStyle(root);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  const colors = Object.fromEntries(COLOR_NAMES.map((name) => [name, value(name)]));
  colors.series = Array.from({ length: SERIES }, (_, index) => value(`series-${index}`));
  return colors;
}

/** Whether the user asks for less motion. @returns {boolean} */
export function lessMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
