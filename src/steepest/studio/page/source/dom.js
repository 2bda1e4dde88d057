// Builds elements without markup in texts: nothing that comes from data is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";
let count = 0;

/**
 * An element with attributes, listeners (under `on`) and children, which are nodes or texts.
 * An attribute of value null, undefined or false is left out; true gives an empty one.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...any} children
 * @returns {any}
 */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/**
 * The same for elements of SVG.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...any} children
 * @returns {any}
 */
export function vector(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * A new id for an element, unique in the document.
 * @param {string} start
 * @returns {string}
 */
export function uniqueId(start) {
  count += 1;
  return `studio-${start}-${count}`;
}

/**
 * Writes a text only where it differs, so that screen readers and selections are not disturbed.
 * @param {Element} node
 * @param {string} text
 */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Replaces the children of a node.
 * @param {Element} node
 * @param {...any} children
 */
export function refill(node, ...children) {
  node.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
}

/**
 * Offers a file to the user.
 * @param {string} name
 * @param {Blob} blob
 */
export function download(name, blob) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/**
 * Runs a function at most once before the next picture of the screen.
 * @param {() => void} callback
 * @returns {() => void}
 */
export function oncePerFrame(callback) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      callback();
    });
  };
}

/**
 * Runs a function after the next picture of the screen; soon, if the page is not visible.
 * @param {() => void} callback
 */
export function afterPaint(callback) {
  if (document.visibilityState === "hidden") setTimeout(callback, 100);
  else requestAnimationFrame(() => setTimeout(callback, 0));
}
