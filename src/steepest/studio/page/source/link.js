// The state of the page as the fragment of its address: #v1/VIEW/BASE64URL(deflate-raw JSON).

const VERSION = "v1";
const LONGEST = 200000;

/**
 * The fragment of a view with its state.
 * @param {string} view
 * @param {any} state
 * @returns {Promise<string>}
 */
export async function linkOf(view, state) {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const packed = await through(bytes, new CompressionStream("deflate-raw"));
  return `#${VERSION}/${encodeURIComponent(view)}/${toBase64(packed)}`;
}

/**
 * The view and the state of a fragment; null if it is of another form.
 * @param {string} fragment
 * @returns {Promise<{view: string, state: any} | null>}
 */
export async function readLink(fragment) {
  const match = /^#v1\/([^/]+)(?:\/([\w-]*))?$/.exec(fragment);
  if (!match || fragment.length > LONGEST) return null;
  if (!match[2]) return { view: decodeURIComponent(match[1]), state: {} };
  try {
    const bytes = await through(fromBase64(match[2]), new DecompressionStream("deflate-raw"));
    const state = JSON.parse(new TextDecoder().decode(bytes));
    const isObject = state !== null && typeof state === "object" && !Array.isArray(state);
    return isObject ? { view: decodeURIComponent(match[1]), state } : null;
  } catch {
    return null;
  }
}

async function through(bytes, transform) {
  const stream = new Blob([bytes]).stream().pipeThrough(transform);
  const reader = stream.getReader();
  const parts = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.length;
    if (total > 2000000) throw new Error("a state of at most 2 MB was expected");
    parts.push(value);
  }
  const whole = new Uint8Array(total);
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

function toBase64(bytes) {
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

/**
 * Takes the token out of the address, once, and stores it for this tab.
 * @returns {string | null}
 */
export function takeToken() {
  const match = /^#token=([\w-]+)(#.*|&.*)?$/.exec(location.hash);
  if (match) {
    sessionStorage.setItem("steepest-studio-token", match[1]);
    const rest = (match[2] || "").replace(/^&/, "#");
    history.replaceState(null, "", location.pathname + (rest.startsWith("#v1/") ? rest : ""));
  }
  return sessionStorage.getItem("steepest-studio-token");
}
