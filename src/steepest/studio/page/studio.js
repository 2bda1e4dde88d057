// Made by scripts/page_module.py from the files in source/.
const TYPES = {
float32: Float32Array,
float64: Float64Array,
int32: Int32Array,
uint8: Uint8Array,
};
class Refused extends Error {
constructor(message, field) {
super(message);
this.field = field;
}
}
function frameOf(head, place) {
const arrays = {};
const shapes = {};
(head.arrays || []).forEach((description, index) => {
const type = TYPES[description.dtype];
if (!type) throw new Error(`an array of type ${description.dtype} is not known`);
const length = description.shape.reduce((product, size) => product * size, 1);
const { buffer, offset } = place(index, description);
const aligned = offset % type.BYTES_PER_ELEMENT === 0;
const end = offset + length * type.BYTES_PER_ELEMENT;
arrays[description.name] = aligned
? new type(buffer, offset, length)
: new type(buffer.slice(offset, end));
shapes[description.name] = description.shape;
});
return {
kind: head.kind,
view: head.view ?? null,
id: head.id ?? null,
number: head.number ?? null,
data: head.data ?? {},
arrays,
shapes,
};
}
function decodeFrame(buffer) {
const view = new DataView(buffer);
const headLength = view.getUint32(4, true);
const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headLength)));
let next = 4 + padded(4 + headLength);
return frameOf(head, (_, description) => {
const size = TYPES[description.dtype].BYTES_PER_ELEMENT;
const offset = next;
next += padded(description.shape.reduce((product, each) => product * each, size));
return { buffer, offset };
});
}
function padded(length) {
return Math.ceil(length / 8) * 8;
}
class FrameReader {
constructor() {
this.parts = [];
this.held = 0;
}
add(bytes) {
this.parts.push(bytes);
this.held += bytes.length;
const frames = [];
while (this.held >= 4) {
const joined = this.joined();
const total = new DataView(joined.buffer).getUint32(0, true) + 4;
if (this.held < total) break;
frames.push(decodeFrame(joined.buffer.slice(0, total)));
this.parts = [joined.slice(total)];
this.held -= total;
}
return frames;
}
joined() {
if (this.parts.length > 1 || this.parts[0].byteOffset || this.parts[0].buffer.byteLength !== this.held) {
const whole = new Uint8Array(this.held);
let place = 0;
for (const part of this.parts) {
whole.set(part, place);
place += part.length;
}
this.parts = [whole];
}
return this.parts[0];
}
}
function accepted(frame) {
if (frame.kind === "error") throw new Refused(frame.data.message, frame.data.field ?? null);
return frame;
}
class Unreachable extends Error {}
class NotAllowed extends Error {}
function httpTransport(token) {
const client = randomHex(16);
let number = 0;
async function post(path, body, signal) {
if (!token) throw new NotAllowed("no token");
let response;
try {
response = await fetch(path, {
method: "POST",
headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
body: JSON.stringify(body),
credentials: "omit",
cache: "no-store",
signal,
});
} catch (error) {
throw new Unreachable(String(error));
}
if (response.status === 401 || response.status === 403) throw new NotAllowed("refused");
return response;
}
async function frameFrom(path, body) {
const response = await post(path, body);
let buffer;
try {
buffer = await response.arrayBuffer();
} catch (error) {
throw new Unreachable(String(error));
}
if (!isFrame(buffer)) throw new Error(`the server answered ${response.status} without a frame`);
return accepted(decodeFrame(buffer));
}
function request(view, act, values = {}) {
number += 1;
return frameFrom("/api/message", { view, do: act, id: number, with: values });
}
function listen(callback, lost) {
const control = new AbortController();
let closed = false;
async function once() {
const response = await post("/api/stream", { client }, control.signal);
if (!response.ok) {
const answer = await response.arrayBuffer();
if (isFrame(answer)) accepted(decodeFrame(answer));
throw new Unreachable(`the stream answered ${response.status}`);
}
const bytes = response.body.getReader();
const frames = new FrameReader();
lost(null);
for (;;) {
const { done, value } = await bytes.read();
if (done) return;
for (const frame of frames.add(value)) {
callback(frame);
if (frame.number !== null) {
request("session", "acknowledge", { client, number: frame.number }).catch(() => {});
}
}
}
}
async function forever() {
while (!closed) {
try {
await once();
} catch (error) {
if (closed) return;
const isFinal = error instanceof NotAllowed || error instanceof Refused;
lost(isFinal ? error : new Unreachable(String(error)));
if (isFinal) return;
}
await new Promise((resolve) => setTimeout(resolve, 1000));
}
}
forever();
return () => {
closed = true;
control.abort();
};
}
return { request, listen, table: (name, text) => frameFrom("/api/table", { name, text }) };
}
function isFrame(buffer) {
return buffer.byteLength >= 8 && new DataView(buffer).getUint32(0, true) + 4 === buffer.byteLength;
}
function randomHex(bytes) {
const numbers = crypto.getRandomValues(new Uint8Array(bytes));
return Array.from(numbers, (each) => each.toString(16).padStart(2, "0")).join("");
}
const VERSION = "v1";
const LONGEST = 200000;
async function linkOf(view, state) {
const bytes = new TextEncoder().encode(JSON.stringify(state));
const packed = await through(bytes, new CompressionStream("deflate-raw"));
return `#${VERSION}/${encodeURIComponent(view)}/${toBase64(packed)}`;
}
async function readLink(fragment) {
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
function takeToken() {
const match = /^#token=([\w-]+)(#.*|&.*)?$/.exec(location.hash);
if (match) {
sessionStorage.setItem("steepest-studio-token", match[1]);
const rest = (match[2] || "").replace(/^&/, "#");
history.replaceState(null, "", location.pathname + (rest.startsWith("#v1/") ? rest : ""));
}
return sessionStorage.getItem("steepest-studio-token");
}
const SVG = "http://www.w3.org/2000/svg";
let count = 0;
function element(tag, attributes = {}, ...children) {
return filled(document.createElement(tag), attributes, children);
}
function vector(tag, attributes = {}, ...children) {
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
function uniqueId(start) {
count += 1;
return `studio-${start}-${count}`;
}
function say(node, text) {
if (node.textContent !== text) node.textContent = text;
}
function refill(node, ...children) {
node.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
}
function download(name, blob) {
const address = URL.createObjectURL(blob);
element("a", { href: address, download: name }).click();
setTimeout(() => URL.revokeObjectURL(address), 10000);
}
function oncePerFrame(callback) {
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
const PAUSE = 5000;
function createAnnouncer() {
const region = element("p", { class: "only-read", "aria-live": "polite", "data-live": true });
let last = -PAUSE;
let next = null;
let timer = 0;
function speak() {
timer = 0;
last = performance.now();
say(region, next);
}
return {
element: region,
announce(sentence) {
next = sentence;
if (!timer) timer = window.setTimeout(speak, Math.max(0, last + PAUSE - performance.now()));
},
};
}
const MINUS = "\u2212";
function shortNumber(value, digits = 4) {
if (value === null || value === undefined || Number.isNaN(value)) return "not a number";
if (!Number.isFinite(value)) return value > 0 ? "infinite" : `${MINUS}infinite`;
if (value === 0) return "0";
const size = Math.abs(value);
if (size >= 1e6 || size < 1e-4) {
const [mantissa, exponent] = size.toExponential(Math.max(0, digits - 2)).split("e");
const plain = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
return `${value < 0 ? MINUS : ""}${plain}e${exponent.replace("+", "").replace("-", MINUS)}`;
}
const text = String(Number(size.toPrecision(digits)));
return value < 0 ? MINUS + text : text;
}
function niceTicks(low, high, wanted) {
const rough = (high - low) / Math.max(1, wanted);
if (!(rough > 0) || !Number.isFinite(rough)) return [low];
const power = 10 ** Math.floor(Math.log10(rough));
const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10);
const first = Math.ceil(low / step - 1e-9);
const ticks = [];
for (let index = first; index * step <= high + step * 1e-9; index += 1) {
ticks.push(Number((index * step).toPrecision(12)));
}
return ticks;
}
function powerTicks(low, high, wanted) {
const first = Math.ceil(Math.log10(low) - 1e-9);
const last = Math.floor(Math.log10(high) + 1e-9);
if (last - first < 1) return niceTicks(low, high, wanted).filter((tick) => tick > 0);
const every = Math.max(1, Math.ceil((last - first) / Math.max(1, wanted)));
const ticks = [];
for (let power = first; power <= last; power += every) ticks.push(Number(`1e${power}`));
return ticks;
}
function percent(share) {
return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
function labelled({ label, explain, field, part, compact }, inputs) {
const id = uniqueId("input");
const [explainId, errorId] = [`${id}-explained`, `${id}-wrong`];
const error = element("p", { class: "wrong", id: errorId, hidden: true });
inputs[0].id = id;
inputs[0].setAttribute("aria-describedby", explain ? `${explainId} ${errorId}` : errorId);
for (const other of inputs.slice(1)) {
if (!other.hasAttribute("aria-label")) other.setAttribute("aria-label", label);
}
if (compact && explain) inputs[0].title = explain;
const box = element("div", { class: compact ? "control compact" : "control", "data-field": field, "data-part": part },
element("label", { for: id }, label),
element("div", { class: "inputs" }, inputs),
explain && element("p", { class: "explained", id: explainId }, explain), error);
function wrong(message) {
error.hidden = !message;
say(error, message ?? "");
if (message) inputs[0].setAttribute("aria-invalid", "true");
else inputs[0].removeAttribute("aria-invalid");
}
box.showWrong = wrong;
return { element: box, wrong };
}
function numberControl(given) {
const { low = -Infinity, high = Infinity, whole = false, log = false, optional = false } = given;
const [least, most] = given.open ? [-Infinity, Infinity] : [low, high];
const field = element("input", { type: "text", inputmode: whole ? "numeric" : "decimal",
class: "number", autocomplete: "off", spellcheck: "false" });
const slider = (given.slider ?? true) && Number.isFinite(low) && Number.isFinite(high)
? element("input", { type: "range", min: 0, max: 1000, step: 1, class: "slide",
"aria-label": given.label }) : null;
const box = labelled(given, slider ? [field, slider] : [field]);
const bottom = log ? Math.log(Math.max(low, high * 1e-8)) : low;
const place = (value) => (log ? Math.log(Math.max(value, Math.exp(bottom))) : value);
const span = place(high) - bottom;
let current = given.value;
function show(value) {
current = value;
if (slider && value !== null) {
slider.value = String(Math.round((1000 * (place(value) - bottom)) / span));
slider.setAttribute("aria-valuetext", shortNumber(value));
}
}
function set(value) {
show(value);
if (document.activeElement !== field) field.value = value === null ? "" : String(value);
}
function take(value) {
box.wrong(null);
show(value);
given.change(value);
}
function typed() {
const text = field.value.trim().replace("\u2212", "-").replace(/^(-?\d+),(\d+)$/, "$1.$2");
if (text === "" && optional) return take(null);
const value = Number(text);
if (text === "" || !Number.isFinite(value) || value < least || value > most || (whole && !Number.isInteger(value))) {
return box.wrong(`${whole ? "a whole number" : "a number"}${limits(least, most)} was expected`);
}
return take(value);
}
function moved(direction, event) {
event.preventDefault();
const size = event.shiftKey ? 10 : 1;
const step = given.step ?? (whole ? 1 : 10 ** Math.floor(Math.log10(Math.abs(current || 0.1))) / 10);
const next = log && !whole ? (current || low || 0.001) * 1.1 ** (direction * size) : (current ?? 0) + direction * size * step;
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
const value = slider.value === "0" ? low : slider.value === "1000" ? high : log ? Math.exp(inner) : inner;
const rounded = tidy(given.step && !log ? low + Math.round((value - low) / given.step) * given.step : value, whole);
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
function choiceControl(given) {
const select = element("select", {}, given.options.map((option) => {
const { value, label } = typeof option === "string" ? { value: option, label: option } : option;
return element("option", { value }, label);
}));
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
function tickControl(given) {
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
function textControl(given) {
const input = element("input", { type: "text", maxlength: given.longest ?? 200, autocomplete: "off",
spellcheck: "false", autocapitalize: "off" });
const box = labelled(given, [input]);
input.addEventListener("input", () => {
box.wrong(null);
given.change(input.value);
});
const set = (value) => {
if (document.activeElement !== input) input.value = value;
};
set(given.value);
return { element: box.element, set, wrong: box.wrong };
}
function button(label, press, attributes = {}) {
return element("button", { type: "button", ...attributes, on: { click: press } }, label);
}
function group(title, attributes, ...children) {
const id = uniqueId("group");
return element("section", { class: "group", "aria-labelledby": id, ...attributes },
element("h3", { id }, title), children);
}
function showAtField(root, field, message) {
for (let name = field; name; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
const place = root.querySelector(`[data-field="${CSS.escape(name)}"]`);
if (place?.showWrong) {
place.showWrong(message);
return true;
}
}
return false;
}
function clearErrors(root, names) {
for (const place of root.querySelectorAll("[data-field]")) {
const first = place.dataset.field.split(".")[0];
if (names.includes(first)) place.showWrong?.(null);
}
}
function openDialog(root, title, ...children) {
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
function showPython(root, text) {
const code = element("pre", { tabindex: 0, "aria-label": "Python code", class: "code" }, text);
const copied = element("span", { role: "status", class: "copied" });
const copy = button("Copy", async () => {
say(copied, (await copyText(text)) ? "copied" : "select the text and copy it with the keyboard");
}, { class: "main-button" });
openDialog(root, "The Python of this picture",
element("p", {}, "It gives the same numbers, bit for bit."),
code, element("p", { class: "row" }, copy, copied));
}
async function copyText(text) {
try {
await navigator.clipboard.writeText(text);
return true;
} catch {
return false;
}
}
function showKeys(root, keys) {
const everywhere = [
["?", "this list"],
["Tab, Shift+Tab", "next or previous control"],
["arrow keys", "move a point or a slider; Shift moves ten times as far"],
["Escape", "close a window"],
];
openDialog(root, "Keys", element("dl", { class: "keys" },
[...keys, ...everywhere].map(([key, meaning]) => [element("dt", {}, key), element("dd", {}, meaning)]).flat()));
}
const LESSONS = [];
const SOLVED = "steepest-studio-solved";
function lessonCard({ name, open, announce, state }) {
const index = LESSONS.findIndex((each) => each.name === name);
if (index < 0) return null;
const lesson = LESSONS[index];
const memory = {};
let solved = false;
const result = element("p", { class: "task-result", role: "status" }, "Not solved yet.");
const go = (place) => openLesson(LESSONS[place], open);
const card = element("section", { class: "lesson", "aria-label": `lesson ${index + 1}`, "data-lesson": name },
element("div", { class: "lesson-head" },
element("h2", {}, `${index + 1}. ${lesson.title}`),
element("div", { class: "row" },
index > 0 ? button("Previous", () => go(index - 1), { class: "tool" }) : null,
index + 1 < LESSONS.length ? button("Next", () => go(index + 1), { class: "tool" }) : null,
button("All lessons", () => open("lessons", {}), { class: "tool" }))),
element("p", { class: "lesson-text" }, lesson.text.join(" ")),
element("p", { class: "task" }, element("strong", {}, "Task: "), lesson.task),
result);
function check(frame) {
if (solved || !lesson.solved(frame, state(), memory)) return;
solved = true;
markSolved(name);
card.classList.add("solved");
say(result, `Solved. ${lesson.because}`);
announce(`Task solved. ${lesson.because}`);
}
return { element: card, check };
}
function openLesson(lesson, open) {
open(lesson.view, { ...lesson.state, lesson: lesson.name, hide: lesson.hide ?? [] });
}
function solvedLessons() {
try {
return new Set(JSON.parse(localStorage.getItem(SOLVED) ?? "[]"));
} catch {
return new Set();
}
}
function markSolved(name) {
try {
localStorage.setItem(SOLVED, JSON.stringify([...solvedLessons().add(name)]));
} catch {
}
}
function createStore(initial) {
let state = initial;
const listeners = new Set();
return {
get: () => state,
set(patch) {
const previous = state;
state = { ...state, ...patch };
for (const listener of [...listeners]) listener(state, previous);
},
subscribe(listener) {
listeners.add(listener);
return () => listeners.delete(listener);
},
};
}
function sliceOf(store, key) {
return {
get: () => store.get()[key],
set: (patch) => store.set({ [key]: { ...store.get()[key], ...patch } }),
subscribe: (listener) =>
store.subscribe((state, previous) => {
if (state[key] !== previous[key]) listener(state[key], previous[key]);
}),
};
}
function same(one, other) {
return one === other || JSON.stringify(one) === JSON.stringify(other);
}
const NAMES = ["page", "panel", "text", "quiet", "line", "accent", "cold", "warm"];
const SERIES = 8;
function watchTheme(root, choice) {
const system = matchMedia("(prefers-color-scheme: dark)");
const store = createStore({ choice, dark: null, colors: null });
function apply() {
const { choice: wanted, dark: before } = store.get();
const dark = wanted === "auto" ? hostIsDark(root) ?? system.matches : wanted === "dark";
if (dark === before) return;
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
return {
...store,
apply,
choose(wanted) {
store.set({ choice: wanted });
apply();
},
stop() {
observer.disconnect();
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
const colors = Object.fromEntries(NAMES.map((name) => [name, value(name)]));
colors.series = Array.from({ length: SERIES }, (_, index) => value(`series-${index}`));
return colors;
}
function lessMotion() {
return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
function drawAxes(pen, area, { x, y, xLabel, yLabel, colors, grid = false }) {
const across = x.ticks(Math.max(2, Math.round((area.right - area.left) / 80)));
const up = y.ticks(Math.max(2, Math.round((area.bottom - area.top) / 50)));
const style = { stroke: colors.line, width: 1 };
for (const tick of across) {
const place = crisp(x.at(tick));
pen.line([place, grid ? area.top : area.bottom, place, area.bottom + 4], style);
pen.text(place, area.bottom + 13, shortNumber(tick), { color: colors.quiet, size: 11, anchor: "middle" });
}
for (const tick of up) {
const place = crisp(y.at(tick));
pen.line([area.left - 4, place, grid ? area.right : area.left, place], style);
pen.text(area.left - 7, place, shortNumber(tick), { color: colors.quiet, size: 11, anchor: "end" });
}
pen.rectangle(crisp(area.left), crisp(area.top), area.right - area.left, area.bottom - area.top,
{ stroke: colors.quiet, width: 1 });
const middle = (area.left + area.right) / 2;
pen.text(middle, area.bottom + 29, xLabel, { color: colors.text, anchor: "middle" });
pen.text(11, (area.top + area.bottom) / 2, yLabel, { color: colors.text, anchor: "middle", turned: true });
}
function crisp(place) {
return Math.round(place - 0.5) + 0.5;
}
const SEQUENTIAL = [
[0, 34, 78], [22, 59, 109], [66, 78, 108], [99, 98, 112], [124, 123, 120],
[152, 141, 118], [187, 161, 106], [222, 187, 84], [254, 232, 56],
];
function channels(text) {
return [1, 3, 5].map((place) => parseInt(text.slice(place, place + 2), 16));
}
function tableThrough(anchors) {
const table = new Uint8Array(256 * 3);
for (let index = 0; index < 256; index += 1) {
const place = (index / 255) * (anchors.length - 1);
const low = Math.min(Math.floor(place), anchors.length - 2);
for (let channel = 0; channel < 3; channel += 1) {
const [from, to] = [anchors[low][channel], anchors[low + 1][channel]];
table[3 * index + channel] = Math.round(from + (to - from) * (place - low));
}
}
return table;
}
function heightTable(page, share = 0.35) {
const ground = channels(page);
return tableThrough(SEQUENTIAL.map((color) => mixed(color, ground, share)));
}
function signTable(colors) {
return tableThrough([channels(colors.cold), channels(colors.page), channels(colors.warm)]);
}
function mixed(one, other, share) {
return one.map((value, channel) => Math.round(value + (other[channel] - value) * share));
}
function bitmapOf(values, rows, columns, place, table) {
const image = new ImageData(columns, rows);
const { data } = image;
for (let row = 0; row < rows; row += 1) {
let target = (rows - 1 - row) * columns * 4;
for (let column = 0; column < columns; column += 1, target += 4) {
const index = place(values[row * columns + column]);
if (!(index >= 0)) continue;
const start = 3 * Math.min(255, index | 0);
data[target] = table[start];
data[target + 1] = table[start + 1];
data[target + 2] = table[start + 2];
data[target + 3] = 255;
}
}
return image;
}
const CASES = [
[], [3, 0], [0, 1], [3, 1], [1, 2], [3, 2, 0, 1], [0, 2], [3, 2],
[2, 3], [2, 0], [0, 3, 1, 2], [2, 1], [1, 3], [1, 0], [0, 3], [],
];
function contourSegments(values, rows, columns, level) {
const segments = [];
for (let row = 0; row + 1 < rows; row += 1) {
for (let column = 0; column + 1 < columns; column += 1) {
const start = row * columns + column;
const a = values[start];
const b = values[start + 1];
const c = values[start + columns + 1];
const d = values[start + columns];
const which = (a > level) + 2 * (b > level) + 4 * (c > level) + 8 * (d > level);
if (which === 0 || which === 15) continue;
if (!Number.isFinite(a + b + c + d)) continue;
for (const edge of CASES[which]) {
if (edge === 0) segments.push(column + share(a, b, level), row);
else if (edge === 1) segments.push(column + 1, row + share(b, c, level));
else if (edge === 2) segments.push(column + share(d, c, level), row + 1);
else segments.push(column, row + share(a, d, level));
}
}
}
return segments;
}
function share(from, to, level) {
return (level - from) / (to - from);
}
const turn = (count, first, radius = () => 1) =>
Array.from({ length: count }, (_, index) => {
const angle = first + (2 * Math.PI * index) / count;
return [radius(index) * Math.cos(angle), radius(index) * Math.sin(angle)];
});
const plus = (angle) => {
const arms = [[-0.35, -1], [0.35, -1], [0.35, -0.35], [1, -0.35], [1, 0.35], [0.35, 0.35],
[0.35, 1], [-0.35, 1], [-0.35, 0.35], [-1, 0.35], [-1, -0.35], [-0.35, -0.35]];
const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
return arms.map(([x, y]) => [x * cosine - y * sine, x * sine + y * cosine]);
};
const SHAPES = [
["circle", turn(20, 0)],
["square", turn(4, Math.PI / 4, () => 1.15)],
["triangle", turn(3, -Math.PI / 2, () => 1.25)],
["diamond", turn(4, 0, () => 1.25)],
["plus", plus(0)],
["star", turn(10, -Math.PI / 2, (index) => (index % 2 ? 0.55 : 1.3))],
["triangle downwards", turn(3, Math.PI / 2, () => 1.25)],
["cross", plus(Math.PI / 4)],
];
function shapeAt(index, x, y, radius) {
const corners = SHAPES[index % SHAPES.length][1];
return corners.flatMap(([across, down]) => [x + across * radius, y + down * radius]);
}
const FONT = "system-ui, sans-serif";
class CanvasPen {
constructor(context) {
this.context = context;
}
line(points, style) {
this.context.beginPath();
this.trace(points);
this.finish(style);
}
polygon(points, style) {
this.context.beginPath();
this.trace(points);
this.context.closePath();
this.finish(style);
}
segments(ends, style) {
const { context } = this;
context.beginPath();
for (let index = 0; index < ends.length; index += 4) {
context.moveTo(ends[index], ends[index + 1]);
context.lineTo(ends[index + 2], ends[index + 3]);
}
this.finish(style);
}
rectangle(x, y, width, height, style) {
this.context.beginPath();
this.context.rect(x, y, width, height);
this.finish(style);
}
marker(shape, x, y, radius, style) {
this.polygon(shapeAt(shape, x, y, radius), style);
}
text(x, y, words, { color, size = 12, anchor = "start", turned = false, weight = 400 }) {
const { context } = this;
context.save();
context.translate(x, y);
if (turned) context.rotate(-Math.PI / 2);
context.font = `${weight} ${size}px ${FONT}`;
context.textAlign = anchor === "middle" ? "center" : anchor;
context.textBaseline = "middle";
context.fillStyle = color;
context.fillText(words, 0, 0);
context.restore();
}
image(bitmap, x, y, width, height, smooth = true) {
this.context.imageSmoothingEnabled = smooth;
this.context.imageSmoothingQuality = "high";
this.context.drawImage(bitmap, x, y, width, height);
}
clip(x, y, width, height, draw) {
const { context } = this;
context.save();
context.beginPath();
context.rect(x, y, width, height);
context.clip();
draw();
context.restore();
}
trace(points) {
const { context } = this;
let isOpen = false;
for (let index = 0; index + 1 < points.length; index += 2) {
const [x, y] = [points[index], points[index + 1]];
if (!Number.isFinite(x) || !Number.isFinite(y)) isOpen = false;
else if (isOpen) context.lineTo(x, y);
else {
context.moveTo(x, y);
isOpen = true;
}
}
}
finish({ stroke, width = 1, dash, fill, opacity = 1 }) {
const { context } = this;
context.globalAlpha = opacity;
if (fill) {
context.fillStyle = fill;
context.fill();
}
if (stroke) {
context.strokeStyle = stroke;
context.lineWidth = width;
context.lineJoin = "round";
context.lineCap = "round";
context.setLineDash(dash ?? []);
context.stroke();
}
context.globalAlpha = 1;
}
}
class VectorPen {
constructor() {
this.parts = [];
this.clips = 0;
}
line(points, style) {
this.path(pathOf(points), style);
}
polygon(points, style) {
this.path(`${pathOf(points)}Z`, style);
}
segments(ends, style) {
let path = "";
for (let index = 0; index < ends.length; index += 4) path += pathOf(ends.slice(index, index + 4));
this.path(path, style);
}
rectangle(x, y, width, height, style) {
this.path(`M${x} ${y}h${width}v${height}h${-width}Z`, style);
}
marker(shape, x, y, radius, style) {
this.polygon(shapeAt(shape, x, y, radius), style);
}
text(x, y, words, { color, size = 12, anchor = "start", turned = false, weight = 400 }) {
const place = `translate(${rounded(x)} ${rounded(y)})${turned ? " rotate(-90)" : ""}`;
this.parts.push(
`<text transform="${place}" fill="${color}" font-size="${size}" font-weight="${weight}" ` +
`text-anchor="${anchor}" dominant-baseline="central">${escaped(words)}</text>`,
);
}
image(bitmap, x, y, width, height, smooth = true) {
const kind = smooth ? "auto" : "pixelated";
this.parts.push(
`<image href="${bitmap.toDataURL()}" x="${x}" y="${y}" width="${width}" height="${height}" ` +
`preserveAspectRatio="none" style="image-rendering:${kind}"/>`,
);
}
clip(x, y, width, height, draw) {
this.clips += 1;
const name = `clip-${this.clips}`;
const area = `<rect x="${x}" y="${y}" width="${width}" height="${height}"/>`;
this.parts.push(`<clipPath id="${name}">${area}</clipPath><g clip-path="url(#${name})">`);
draw();
this.parts.push("</g>");
}
path(path, { stroke, width = 1, dash, fill, opacity = 1 }) {
const dashes = dash && dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
this.parts.push(
`<path d="${path}" fill="${fill ?? "none"}" stroke="${stroke ?? "none"}" ` +
`stroke-width="${width}" opacity="${opacity}" stroke-linejoin="round"${dashes}/>`,
);
}
file(width, height, title) {
return (
`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
`height="${height}" font-family="${FONT}"><title>${escaped(title)}</title>` +
`${this.parts.join("\n")}</svg>`
);
}
}
function pathOf(points) {
let path = "";
let isOpen = false;
for (let index = 0; index + 1 < points.length; index += 2) {
const [x, y] = [points[index], points[index + 1]];
if (!Number.isFinite(x) || !Number.isFinite(y)) isOpen = false;
else {
path += `${isOpen ? "L" : "M"}${rounded(x)} ${rounded(y)}`;
isOpen = true;
}
}
return path;
}
function rounded(value) {
return Math.round(value * 100) / 100;
}
function escaped(text) {
const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
return String(text).replace(/[&<>"]/g, (letter) => names[letter]);
}
function canvasOf(bitmap) {
const canvas = document.createElement("canvas");
canvas.width = bitmap.width;
canvas.height = bitmap.height;
canvas.getContext("2d").putImageData(bitmap, 0, 0);
return canvas;
}
const MOST_ROWS = 500;
function createPicture(drawing) {
const canvas = element("canvas", { role: "img", "aria-label": drawing.title });
const overlay = vector("svg", { class: "overlay", "aria-hidden": "false" });
const stage = element("div", { class: "stage" }, canvas, overlay);
const holder = element("div", { class: "numbers", hidden: true, id: uniqueId("numbers") });
const title = element("span", { class: "picture-title" }, drawing.title);
const tools = element("span", { class: "tools" });
const figure = element("figure", { class: "picture" },
element("figcaption", {}, title, tools), stage, holder);
const size = { width: 0, height: 0 };
const under = document.createElement("canvas");
let isStale = true;
function paint() {
const width = Math.floor(stage.clientWidth);
if (!width || !figure.isConnected) return;
const height = Math.round(drawing.height(width));
const ratio = Math.min(3, window.devicePixelRatio || 1);
if (size.width !== width || size.height !== height || canvas.width !== Math.round(width * ratio)) {
Object.assign(size, { width, height });
canvas.width = Math.round(width * ratio);
canvas.height = Math.round(height * ratio);
canvas.style.height = `${height}px`;
overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
isStale = true;
}
const context = cleared(canvas, ratio, size);
if (drawing.ground) {
if (isStale) {
Object.assign(under, { width: canvas.width, height: canvas.height });
drawing.ground(new CanvasPen(cleared(under, ratio, size)), size);
}
context.drawImage(under, 0, 0, width, height);
}
isStale = false;
drawing.draw(new CanvasPen(context), size);
if (!holder.hidden) fillTable(holder, drawing);
}
const redraw = oncePerFrame(paint);
let labelled = 0;
const relabel = () => {
labelled = 0;
const words = drawing.describe();
if (canvas.getAttribute("aria-label") !== words) canvas.setAttribute("aria-label", words);
};
const changed = () => {
redraw();
if (!labelled) labelled = window.setTimeout(relabel, 400);
};
const observer = new ResizeObserver(redraw);
observer.observe(stage);
tools.append(...toolsOf(drawing, canvas, size, holder));
const reground = () => {
isStale = true;
changed();
};
return { element: figure, overlay, stage, size, redraw: changed, reground, rename: (text) => say(title, text) };
}
function cleared(canvas, ratio, size) {
const context = canvas.getContext("2d");
context.setTransform(ratio, 0, 0, ratio, 0, 0);
context.clearRect(0, 0, size.width, size.height);
return context;
}
function toolsOf(drawing, canvas, size, holder) {
const tool = (label, explain, press) =>
element("button", { type: "button", class: "tool", title: explain, "aria-label": explain,
on: { click: press } }, label);
const file = () => `steepest_${drawing.file}`;
const buttons = [
tool("PNG", `save "${drawing.title}" as PNG`, () =>
canvas.toBlob((blob) => blob && download(`${file()}.png`, blob))),
tool("SVG", `save "${drawing.title}" as SVG`, () => {
const pen = new VectorPen();
drawing.ground?.(pen, size);
drawing.draw(pen, size);
const text = pen.file(size.width, size.height, drawing.describe());
download(`${file()}.svg`, new Blob([text], { type: "image/svg+xml" }));
}),
];
if (!drawing.rows) return buttons;
const table = tool("Numbers", `show the numbers of "${drawing.title}" as a table`, () => {
holder.hidden = !holder.hidden;
table.setAttribute("aria-expanded", String(!holder.hidden));
if (!holder.hidden) fillTable(holder, drawing);
});
table.setAttribute("aria-expanded", "false");
table.setAttribute("aria-controls", holder.id);
return [...buttons,
tool("CSV", `save the numbers of "${drawing.title}" as CSV`, () => {
const { head, body } = drawing.rows();
const text = [head, ...body].map((row) => row.map(csvField).join(",")).join("\r\n");
download(`${file()}.csv`, new Blob([`${text}\r\n`], { type: "text/csv" }));
}), table];
}
function fillTable(holder, drawing) {
const { head, body } = drawing.rows();
const every = Math.max(1, Math.ceil(body.length / MOST_ROWS));
const shown = body.filter((_, index) => index % every === 0);
const note = every > 1 ? ` (every ${every}th row; the CSV file has all ${body.length})` : "";
const cell = (value, tag) => element(tag, tag === "th" ? { scope: "col" } : {}, shownValue(value));
refill(holder, element("table", {},
element("caption", {}, drawing.title + note),
element("thead", {}, element("tr", {}, head.map((each) => cell(each, "th")))),
element("tbody", {}, shown.map((row) => element("tr", {}, row.map((each) => cell(each, "td")))))));
holder.tabIndex = 0;
}
function shownValue(value) {
if (value === null || value === undefined) return "";
return typeof value === "number" ? String(Number(value.toPrecision(7))) : String(value);
}
function csvField(value) {
const text = value === null || value === undefined ? "" : String(value);
const safe = /^[=+@]/.test(text) || (/^-/.test(text) && Number.isNaN(Number(text))) ? `'${text}` : text;
return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
function createScale(low, high, from, to, log = false) {
const inner = log ? Math.log10 : (value) => value;
const outer = log ? (value) => 10 ** value : (value) => value;
const [first, last] = [inner(low), inner(high)];
const slope = (to - from) / (last - first || 1);
return {
low,
high,
log,
at: (value) => from + (inner(value) - first) * slope,
back: (place) => outer(first + (place - from) / slope),
ticks: (wanted) => (log ? powerTicks : niceTicks)(low, high, wanted),
};
}
function extent(arrays, positive = false) {
let [low, high] = [Infinity, -Infinity];
for (const values of arrays) {
for (let index = 0; index < values.length; index += 1) {
const value = values[index];
if (!Number.isFinite(value) || (positive && value <= 0)) continue;
if (value < low) low = value;
if (value > high) high = value;
}
}
return low <= high ? [low, high] : null;
}
function evenHeights(values) {
const finite = Float64Array.from(values).filter(Number.isFinite).sort();
const [low, high] = finite.length ? [finite[0], finite[finite.length - 1]] : [0, 1];
const range = high - low || 1;
const middle = Math.max(1e-6, ((finite[finite.length >> 1] ?? 0.5) - low) / range);
const bend = middle < 0.5 ? (1 - 2 * middle) / middle ** 2 : 0;
const whole = Math.log1p(bend);
return {
low,
high,
place(value) {
const share = (value - low) / range;
return 255 * (bend > 1e-6 ? Math.log1p(bend * share) / whole : share);
},
back: (share) => low + range * (bend > 1e-6 ? Math.expm1(share * whole) / bend : share),
};
}
const LEVELS = 14;
const FAR = 20000;
function landscapeMap(content) {
let scales = null;
const picture = createPicture({
title: "Map of the heights",
file: "landscape",
height: (width) => Math.max(260, Math.min(width * 0.84, window.innerHeight * 0.66)),
ground(pen, size) {
if (!content.map) return;
const area = areaOf(size);
const { x, y } = content.map.data;
scales = { x: createScale(...x, area.left, area.right), y: createScale(...y, area.bottom, area.top), area };
drawGround(pen, scales, content);
},
draw(pen) {
if (!scales) return;
drawPaths(pen, scales, content);
content.drawn?.();
},
describe: () => describeMap(content),
rows: () => rowsOfPaths(content),
});
return { ...picture, scales: () => scales };
}
function areaOf({ width, height }) {
return { left: 52, top: 8, right: width - 10, bottom: height - 40 };
}
function drawGround(pen, { x, y, area }, content) {
const { map, basins, colors } = content;
const [rows, columns] = map.shapes.values;
const heights = evenHeights(map.arrays.values);
const [width, height] = [area.right - area.left, area.bottom - area.top];
const table = heightTable(colors.page);
const bitmap = canvasOf(bitmapOf(map.arrays.values, rows, columns, heights.place, table));
const [across, down] = [width / (columns - 1), height / (rows - 1)];
pen.clip(area.left, area.top, width, height, () => {
pen.image(bitmap, area.left - across / 2, area.top - down / 2, width + across, height + down);
if (basins) drawBasins(pen, area, basins, colors);
for (let level = 1; level < LEVELS; level += 1) {
const value = heights.back(level / LEVELS);
const ends = contourSegments(map.arrays.values, rows, columns, value);
for (let index = 0; index < ends.length; index += 2) {
ends[index] = area.left + ends[index] * across;
ends[index + 1] = area.bottom - ends[index + 1] * down;
}
pen.segments(ends, { stroke: colors.text, width: 0.7, opacity: 0.32 });
}
for (const [minimumX, minimumY] of map.data.minima) {
pen.marker(5, x.at(minimumX), y.at(minimumY), 8, { fill: colors.page, stroke: colors.text, width: 1.5 });
}
});
drawAxes(pen, area, { x, y, xLabel: "x", yLabel: "y", colors });
}
function drawBasins(pen, area, basins, colors) {
const [rows, columns] = basins.shapes.which;
const page = channels(colors.page);
const table = new Uint8Array(256 * 3);
colors.series.forEach((color, index) => table.set(mixed(channels(color), page, 0.5), 3 * index));
table.set(page, 3 * 254);
const place = (which) => (which >= 0 ? which % colors.series.length : which === -2 ? 254 : NaN);
const bitmap = canvasOf(bitmapOf(basins.arrays.which, rows, columns, place, table));
pen.image(bitmap, area.left, area.top, area.right - area.left, area.bottom - area.top, false);
const ends = basins.arrays.ends;
const [x, y] = [createScale(...basins.x, area.left, area.right), createScale(...basins.y, area.bottom, area.top)];
for (let index = 0; 2 * index < ends.length; index += 1) {
pen.marker(index, x.at(ends[2 * index]), y.at(ends[2 * index + 1]), 8,
{ fill: colors.series[index % colors.series.length], stroke: colors.text, width: 2 });
}
}
function drawPaths(pen, { x, y, area }, { paths, rows, at, colors }) {
if (!paths) return;
const count = paths.shapes.points[1];
const last = Math.min(at ?? count - 1, count - 1);
pen.clip(area.left, area.top, area.right - area.left, area.bottom - area.top, () => {
rows.forEach((row, index) => {
const points = placesOf(paths.arrays.points, index * count, last + 1, x, y);
if (points.length > 2) pen.line(points, { stroke: colors.page, width: 4.5, opacity: 0.75 });
pen.line(points, { stroke: row.color, width: 2.4, dash: row.dash });
});
rows.forEach((row, index) => {
const points = placesOf(paths.arrays.points, index * count + last, 1, x, y);
if (Number.isFinite(points[0])) {
pen.marker(row.shape, points[0], points[1], 7, { fill: row.color, stroke: colors.page, width: 1.8 });
}
});
});
}
function placesOf(points, start, count, x, y) {
const places = new Float64Array(2 * count);
for (let index = 0; index < count; index += 1) {
places[2 * index] = cut(x.at(points[2 * (start + index)]));
places[2 * index + 1] = cut(y.at(points[2 * (start + index) + 1]));
}
return places;
}
function cut(place) {
return Number.isNaN(place) ? NaN : Math.max(-FAR, Math.min(FAR, place));
}
function describeMap({ map, paths, rows, name, start }) {
if (!map) return "The map of the heights is not computed yet.";
const { low, high, x, y } = map.data;
const words = [`Map of ${name}: heights from ${shortNumber(low)} to ${shortNumber(high)}, ` +
`x from ${shortNumber(x[0])} to ${shortNumber(x[1])}, y from ${shortNumber(y[0])} to ${shortNumber(y[1])}.`];
if (paths && start) {
words.push(`Paths start at x ${shortNumber(start[0])}, y ${shortNumber(start[1])}.`);
rows.forEach((row, index) => words.push(`${row.label}: ${resultOf(paths, index).text}.`));
}
return words.join(" ");
}
function resultOf(paths, index) {
const count = paths.shapes.values[1];
const last = paths.arrays.values[index * count + count - 1];
const diverged = paths.data.diverged[index];
const text = diverged === null
? `height ${shortNumber(last)} after ${count - 1} steps`
: `diverged: no longer finite after step ${diverged}`;
return { last, diverged, text };
}
function rowsOfPaths({ paths, rows }) {
if (!paths) return { head: ["step"], body: [] };
const count = paths.shapes.points[1];
const head = ["step", ...rows.flatMap(({ label }) => [`${label}: x`, `${label}: y`, `${label}: height`])];
const body = Array.from({ length: count }, (_, step) => [step, ...rows.flatMap((_row, index) => {
const place = index * count + step;
return [paths.arrays.points[2 * place], paths.arrays.points[2 * place + 1], paths.arrays.values[place]];
})]);
return { head, body };
}
function optionControl(option, { catalogue, value, field, change }) {
const shared = { label: wordsOf(option.name), field, compact: true, change };
const current = value === undefined ? option.default : value;
if (option.kind === "number" || option.kind === "whole") {
return numberControl({ ...shared, low: option.low ?? undefined, high: option.high ?? undefined, open: true,
log: option.logarithmic, whole: option.kind === "whole", slider: false,
value: typeof current === "number" ? current : null, optional: option.may_be_none || option.default === null });
}
if (option.kind === "flag") return tickControl({ ...shared, value: current });
if (option.kind === "choice") return choiceControl({ ...shared, options: option.choices, value: current });
if (option.kind === "text") return textControl({ ...shared, value: current ?? "" });
if (option.kind === "numbers") {
const read = (text) => change(text.split(/[,;\s]+/).filter(Boolean).map(Number));
return textControl({ ...shared, value: (current ?? []).join(", "), change: read });
}
const names = catalogue[option.kind]?.map(({ name }) => name);
if (!names) return null;
return choiceControl({ ...shared, options: [{ value: "", label: "default" }, ...names],
value: current?.name ?? "", change: (name) => change(name ? { name, options: {} } : option.default) });
}
function optionControls(options, { catalogue, values, field, change }) {
let current = { ...values };
return options.map((option) => optionControl(option, {
catalogue,
value: current[option.name],
field: `${field}.${option.name}`,
change(value) {
current = { ...current, [option.name]: value };
if (JSON.stringify(value) === JSON.stringify(option.default)) delete current[option.name];
change(current);
},
})?.element).filter(Boolean);
}
function wordsOf(name) {
return name.replaceAll("_", " ");
}
const MOST = 24;
function optimizerTable({ catalogue, get, set, looks }) {
const body = element("tbody");
const names = catalogue.optimizer.map(({ name }) => name);
const add = element("select", { "aria-label": "add an optimizer" },
element("option", { value: "" }, "Add an optimizer …"),
names.map((name) => element("option", { value: name }, name)));
add.addEventListener("change", () => {
if (add.value && get().length < MOST) set([...get(), { name: add.value, options: {}, on: true }]);
add.value = "";
});
const heads = ["", "Optimizer", "Learning rate", "Schedule", "Result", ""];
const table = element("table", { class: "optimizers" },
element("thead", {}, element("tr", {}, heads.map((head) => element("th", { scope: "col" }, head)))), body);
let drawn = [];
const change = (index, patch) =>
set(get().map((row, place) => (place === index ? { ...row, ...patch } : row)));
function update() {
const rows = get();
const shape = JSON.stringify(rows.map((row) => [row.name, scheduleOf(row)?.name]));
if (drawn.shape !== shape) {
drawn = rows.map((row, index) => optimizerRow(row, index, {
catalogue, change, get, remove: () => set(get().filter((_, place) => place !== index)),
}));
drawn.shape = shape;
refill(body, drawn.map((row) => row.elements).flat());
}
const styles = looks(rows);
rows.forEach((row, index) => drawn[index].show(row, styles[index]));
add.disabled = rows.length >= MOST;
}
return {
element: element("section", { class: "group wide", "aria-label": "Optimizers", "data-part": "optimizers" },
element("div", { class: "table-scroll" }, table), add),
update,
results: (texts) => drawn.forEach((row, index) => row.result(texts.get(index))),
};
}
function optimizerRow(row, index, { catalogue, change, get, remove }) {
const field = `optimizers.${index}`;
const known = catalogue.optimizer.find(({ name }) => name === row.name) ?? { options: [] };
const set = (options) => change(index, { options });
const tick = element("input", { type: "checkbox", "aria-label": `${row.name}: draw its path` });
tick.addEventListener("change", () => change(index, { on: tick.checked }));
const swatch = vector("svg", { class: "swatch", viewBox: "-12 -8 24 16", "aria-hidden": "true" });
const rate = numberControl({ label: `${row.name}: learning rate`, field: `${field}.options.learning_rate`,
low: 1e-4, high: 10, open: true, log: true, compact: true, value: rateOf(catalogue, row),
change: (value) => set(withRate(catalogue, get()[index], value)) });
const schedule = choiceControl({ label: `${row.name}: schedule`, field: `${field}.schedule`, compact: true,
options: [{ value: "", label: "constant" }, ...catalogue.schedule.map(({ name }) => name)],
value: scheduleOf(row)?.name ?? "", change: (name) => set(withSchedule(catalogue, get()[index], name)) });
const result = element("span", { class: "result" });
const name = element("th", { scope: "row", title: known.summary }, row.name);
const more = element("td", { colspan: 6, id: uniqueId("options") });
const folded = element("tr", { class: "folded", hidden: true }, more);
const options = button("Options", () => {
folded.hidden = !folded.hidden;
options.setAttribute("aria-expanded", String(!folded.hidden));
if (!more.hasChildNodes()) {
more.append(...foldedOptions(catalogue, known, row, field, { now: () => get()[index], set }));
}
}, { class: "tool", "aria-expanded": "false", "aria-controls": more.id, "aria-label": `options of ${row.name}` });
const cell = (label, ...children) => element("td", { "data-label": label }, children);
const main = element("tr", {}, cell("", element("span", { class: "tick-cell" }, tick, swatch)),
name, cell("rate", rate.element),
cell("schedule", schedule.element), cell("result", result),
cell("", options, " ", button("×", remove, { class: "tool", "aria-label": `remove ${row.name}` })));
return {
elements: [main, folded],
show(now, look) {
tick.checked = now.on;
main.classList.toggle("off", !now.on);
rate.set(rateOf(catalogue, now));
drawSwatch(swatch, look);
say(name, look.label);
},
result(found) {
say(result, found ? found.text : "");
result.classList.toggle("bad", Boolean(found?.bad));
},
};
}
function foldedOptions(catalogue, known, row, field, { now, set }) {
const others = known.options.filter(({ name }) => name !== "learning_rate");
const { learning_rate: _, ...values } = row.options;
const parts = [element("div", { class: "option-grid" }, optionControls(others, {
catalogue, values, field: `${field}.options`,
change(options) {
const rate = now().options.learning_rate;
set(rate === undefined ? options : { learning_rate: rate, ...options });
},
}))];
const schedule = scheduleOf(row);
const shape = catalogue.schedule.find(({ name }) => name === schedule?.name);
if (!shape) return parts;
const own = rateName(shape);
const change = (options) => {
const rate = scheduleOf(now()).options[own];
const whole = own && rate !== undefined ? { [own]: rate, ...options } : options;
set({ ...now().options, learning_rate: { name: shape.name, options: whole } });
};
return [...parts, element("h4", {}, `options of ${shape.name}`),
element("div", { class: "option-grid" }, optionControls(shape.options.filter(({ name }) => name !== own), {
catalogue, values: schedule.options, field: `${field}.options.learning_rate.options`, change }))];
}
function scheduleOf({ options }) {
return options.learning_rate && typeof options.learning_rate === "object" ? options.learning_rate : null;
}
function rateName({ options }) {
const rates = options.map(({ name }) => name).filter((name) => name.endsWith("learning_rate"));
return rates.find((name) => name === "initial_learning_rate") ?? rates[0] ?? null;
}
function rateOf(catalogue, row) {
const schedule = scheduleOf(row);
const shape = schedule && catalogue.schedule.find(({ name }) => name === schedule.name);
if (shape) {
const own = rateName(shape);
return own ? schedule.options[own] ?? shape.options.find(({ name }) => name === own).default : null;
}
const known = catalogue.optimizer.find(({ name }) => name === row.name);
const usual = known?.options.find(({ name }) => name === "learning_rate")?.default;
return row.options.learning_rate ?? (typeof usual === "number" ? usual : null);
}
function withRate(catalogue, row, rate) {
const schedule = scheduleOf(row);
const own = schedule && rateName(catalogue.schedule.find(({ name }) => name === schedule.name));
if (!own) return { ...row.options, learning_rate: rate };
return { ...row.options, learning_rate: { name: schedule.name, options: { ...schedule.options, [own]: rate } } };
}
function withSchedule(catalogue, row, name) {
const rate = rateOf(catalogue, row) ?? 0.01;
if (!name) return { ...row.options, learning_rate: rate };
const own = rateName(catalogue.schedule.find((each) => each.name === name));
return { ...row.options, learning_rate: { name, options: own ? { [own]: rate } : {} } };
}
function drawSwatch(swatch, { color, shape, dash }) {
const points = [];
const flat = shapeAt(shape, 0, 0, 5);
for (let place = 0; place < flat.length; place += 2) points.push(`${flat[place]},${flat[place + 1]}`);
refill(swatch,
vector("line", { x1: -12, x2: 12, y1: 0, y2: 0, stroke: color, "stroke-width": 2.4,
"stroke-dasharray": dash?.join(" ") }),
vector("polygon", { points: points.join(" "), fill: color }));
swatch.setAttribute("data-shape", SHAPES[shape % SHAPES.length][0]);
}
function shortResult({ last, diverged }) {
return diverged === null
? { text: shortNumber(last, 3), bad: false }
: { text: `diverged at step ${diverged}`, bad: true };
}
function latestOnly(send, done, failed) {
let busy = false;
let next = null;
async function run(values) {
busy = true;
try {
done(await send(values), values);
} catch (error) {
failed(error, values);
}
busy = false;
if (next) {
const { values: newest } = next;
next = null;
run(newest);
}
}
return (values) => {
if (busy) next = { values };
else run(values);
};
}
const LETTER = 7; // pixels of a letter, about
function drawChart(pen, size, chart) {
const { curves, colors } = chart;
const legend = legendRows(curves, size.width - 70);
const area = { left: 64, top: 10 + 18 * legend.length, right: size.width - 12, bottom: size.height - 42 };
const x = createScale(...xRange(curves), area.left, area.right);
const y = createScale(...yRange(curves, chart), area.bottom, area.top, chart.log);
drawAxes(pen, area, { x, y, ...chart, grid: true });
pen.clip(area.left, area.top - 4, area.right - area.left + 4, area.bottom - area.top + 8, () => {
for (const mark of chart.marks ?? []) drawMark(pen, area, x.at(mark.place), mark.text, colors);
if (chart.cursor !== null && chart.cursor !== undefined) {
const place = x.at(chart.cursor);
pen.line([place, area.top, place, area.bottom], { stroke: colors.text, dash: [4, 3] });
}
for (const curve of curves) drawCurve(pen, curve, x, y, area, colors);
});
drawLegend(pen, legend, colors);
}
function xRange(curves) {
let [low, high] = [Infinity, -Infinity];
for (const curve of curves) {
const count = curve.values.length;
if (!count) continue;
low = Math.min(low, curve.places ? curve.places[0] : 0);
high = Math.max(high, curve.places ? curve.places[count - 1] : count - 1);
}
return low < high ? [low, high] : [0, 1];
}
function yRange(curves, { log, least, most = Infinity }) {
const range = extent(curves.map((curve) => curve.values), log);
if (!range) return log ? [0.1, 1] : [0, 1];
let [low, high] = range;
if (low < most) high = Math.min(high, most);
if (log) {
low = Math.max(low, high * 1e-12);
return low < high ? [low / 1.2, high * 1.2] : [low / 2, high * 2];
}
if (least !== undefined) low = Math.min(low, least);
const room = (high - low) * 0.05 || Math.abs(high) * 0.1 || 1;
return [low - room, high + room];
}
function drawCurve(pen, curve, x, y, area, colors) {
const points = pointsOf(curve, x, y, area);
pen.line(points, { stroke: curve.color, width: 2, dash: curve.dash });
const count = points.length / 2;
const every = Math.max(1, Math.ceil(count / 6));
const style = { fill: curve.color, stroke: colors.page, width: 1 };
for (let index = every >> 1; index < count; index += every) {
pen.marker(curve.shape, points[2 * index], points[2 * index + 1], 4, style);
}
}
function pointsOf(curve, x, y, area) {
const { values, places } = curve;
const count = Math.min(values.length, curve.last === undefined ? Infinity : curve.last + 1);
const columns = Math.max(1, Math.floor(area.right - area.left));
const heightOf = (value) => (y.log && value <= 0 ? y.at(y.low) : y.at(value));
const points = [];
const put = (index) => points.push(x.at(places ? places[index] : index), heightOf(values[index]));
if (count <= 2 * columns) {
for (let index = 0; index < count; index += 1) put(index);
return points;
}
for (let column = 0; column < columns; column += 1) {
const [start, end] = [column, column + 1].map((each) => Math.floor((each * count) / columns));
let [least, greatest] = [start, start];
for (let index = start; index < end; index += 1) {
if (values[index] < values[least]) least = index;
if (values[index] > values[greatest]) greatest = index;
}
put(Math.min(least, greatest));
if (least !== greatest) put(Math.max(least, greatest));
}
return points;
}
function drawMark(pen, area, place, text, colors) {
pen.line([place, area.top, place, area.bottom], { stroke: colors.quiet, dash: [1, 3] });
pen.text(place + 4, area.top + 8, text, { color: colors.quiet, size: 11 });
}
function legendRows(curves, width) {
const rows = [[]];
let place = 0;
for (const curve of curves) {
const length = 36 + LETTER * curve.name.length;
if (place + length > width && place > 0) {
rows.push([]);
place = 0;
}
rows[rows.length - 1].push({ curve, place });
place += length;
}
return curves.length ? rows : [];
}
function drawLegend(pen, rows, colors) {
rows.forEach((row, index) => {
for (const { curve, place } of row) {
const [left, middle] = [64 + place, 10 + 18 * index];
pen.line([left, middle, left + 14, middle], { stroke: curve.color, width: 2, dash: curve.dash });
pen.marker(curve.shape, left + 7, middle, 4, { fill: curve.color, stroke: colors.page });
pen.text(left + 19, middle, curve.name, { color: colors.text });
}
});
}
function describeCurves(title, curves) {
const parts = curves.map(({ name, values, last }) =>
`${name} ends at ${shortNumber(values[Math.min(values.length - 1, last ?? Infinity)])}`);
return `${title}. ${parts.length ? `${parts.join("; ")}.` : "No curve yet."}`;
}
function rowsOfCurves(curves, first) {
const longest = curves.reduce((most, { values }) => Math.max(most, values.length), 0);
const places = curves.find(({ values, places: given }) => given && values.length === longest)?.places;
const body = Array.from({ length: longest }, (_, index) => [
places ? places[index] : index,
...curves.map(({ values }) => (index < values.length ? values[index] : null)),
]);
return { head: [first, ...curves.map(({ name }) => name)], body };
}
const SECONDS = 6;
const SLOW = 250;
function createPlayer({ count, get, show, word }) {
let playing = false;
let before = 0;
let place = 0;
const play = button("▶", toggle, { class: "play", "aria-label": word, title: `${word} (space)` });
const one = button("Step", step, { title: "one step (.)" });
const back = button("Start", rewind, { title: "back to the start (r)" });
const all = button("Whole paths", () => { stop(); show(null); }, { title: "show every step" });
const slider = element("input", { type: "range", class: "slide", min: 0, step: 1, "aria-label": "step shown" });
const label = element("output", { class: "step-shown" });
slider.addEventListener("input", () => {
stop();
show(Number(slider.value));
});
function tick(now) {
if (!playing) return;
const passed = now - before;
if (!lessMotion() || passed > SLOW) {
before = now;
place += (count() * Math.min(passed, 2 * SLOW)) / (1000 * SECONDS);
if (place >= count()) stop();
show(place >= count() ? null : Math.floor(place));
}
if (playing) requestAnimationFrame(tick);
}
function toggle() {
if (playing) return stop();
const now = get();
place = now === null || now >= count() ? 0 : now;
playing = true;
before = performance.now();
update();
return requestAnimationFrame(tick);
}
function stop() {
playing = false;
update();
}
function step() {
stop();
const now = get() ?? 0;
show(now + 1 >= count() ? null : now + 1);
}
function rewind() {
stop();
show(0);
}
function update() {
const now = get() ?? count();
play.textContent = playing ? "❚❚" : "▶";
play.setAttribute("aria-label", playing ? "pause" : word);
slider.max = String(count());
slider.value = String(now);
slider.setAttribute("aria-valuetext", `step ${now} of ${count()}`);
say(label, `step ${now} of ${count()}`);
}
update();
const bar = element("div", { class: "player", role: "group", "aria-label": word, "data-part": "player" },
play, one, back, all, slider, label);
return { element: bar, toggle, step, rewind, stop, update };
}
function pointHandle({ overlay, stage, label, name, scales, get, move }) {
const ring = vector("circle", { r: 9, class: "handle" });
const reach = vector("circle", { r: 22, class: "handle-reach" });
const handle = vector("g", { tabindex: 0, role: "slider", "aria-label": label, "data-handle": name,
"aria-valuemin": 0, "aria-valuemax": 1, "aria-valuenow": 0, class: "handle-group" }, reach, ring);
overlay.append(handle);
let held = null;
function place() {
const found = scales();
if (!found) return;
const [x, y] = get();
handle.setAttribute("transform", `translate(${found.x.at(x)} ${found.y.at(y)})`);
handle.setAttribute("aria-valuemin", found.x.low);
handle.setAttribute("aria-valuemax", found.x.high);
handle.setAttribute("aria-valuenow", x);
handle.setAttribute("aria-valuetext", `x ${shortNumber(x)}, y ${shortNumber(y)}`);
}
function moveTo(event) {
const found = scales();
if (!found) return;
const box = stage.getBoundingClientRect();
const wanted = [found.x.back(event.clientX - box.left), found.y.back(event.clientY - box.top)];
move(inside(wanted, found));
}
stage.addEventListener("pointerdown", (event) => {
const found = scales();
if (event.button !== 0 || !found) return;
held = event.pointerId;
stage.setPointerCapture(held);
handle.focus({ preventScroll: true });
event.preventDefault();
moveTo(event);
});
stage.addEventListener("pointermove", (event) => {
if (event.pointerId === held) moveTo(event);
});
for (const end of ["pointerup", "pointercancel"]) {
stage.addEventListener(end, () => {
held = null;
});
}
handle.addEventListener("keydown", (event) => {
const found = scales();
const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
if (!found || !direction) return;
event.preventDefault();
const [x, y] = get();
const part = (event.shiftKey ? 10 : 1) / 200;
move(inside([x + direction[0] * part * (found.x.high - found.x.low),
y + direction[1] * part * (found.y.high - found.y.low)], found));
});
return { place };
}
function inside([x, y], scales) {
const cut = (value, { low, high }) =>
Number(Math.min(high, Math.max(low, value)).toPrecision(5));
return [cut(x, scales.x), cut(y, scales.y)];
}
const OWN = "own expression";
const POINTS = 128;
const PARTS = 8; // of a basin map, so that paths are answered in between
function initialRows(hello) {
const wished = [["SGD", 0.05, {}], ["SGD", 0.05, { momentum: 0.9 }], ["RMSprop", 0.05, {}], ["Adam", 0.1, {}]];
const known = new Set(hello.catalogue.optimizer.map(({ name }) => name));
return wished.filter(([name]) => known.has(name)).map(([name, learning_rate, options]) =>
({ name, on: true, options: { learning_rate, ...options } }));
}
const landscape = {
name: "landscape",
title: "Landscape",
keys: [["space", "play or pause the race"], [".", "one step"], ["r", "back to the start"]],
initial: (hello) => ({
surface: "ravine", expression: "x^2 + 3*y^2", x: [-2, 2], y: [-2, 2], start: null, steps: 200, noise: 0,
seed: 0, optimizers: initialRows(hello), basins: null, log: true, at: null,
}),
mount: mountLandscape,
};
function surfaceOf(state) {
if (state.surface !== OWN) return state.surface;
return { expression: state.expression, x: state.x, y: state.y };
}
function sentOf({ name, options }) {
return { name, options };
}
function withPart(given, part) {
return { ...given, sent: { ...given.sent, part } };
}
function looksOf(rows, colors) {
const labels = rows.map(labelOf);
return rows.map((row, index) => ({
color: colors.series[index % colors.series.length],
shape: index % 8,
dash: index >= 8 ? [7, 4] : undefined,
label: labels.indexOf(labels[index]) === labels.lastIndexOf(labels[index])
? labels[index] : `${index + 1}: ${labels[index]}`,
}));
}
function labelOf({ name, options }) {
const momentum = options.momentum ? ` with momentum ${shortNumber(options.momentum)}` : "";
return `${name}${momentum}`;
}
function mountLandscape(context) {
const { state, theme } = context;
const content = { map: null, paths: null, basins: null, rows: [], at: null, colors: theme.get().colors, name: "", start: null };
const get = () => state.get();
const startOf = () => get().start ?? content.map?.data.start ?? null;
const on = () => get().optimizers.map((row, index) => ({ row, index })).filter(({ row }) => row.on);
const map = landscapeMap(content);
const chart = createPicture(chartOf(content, get));
const handle = pointHandle({ overlay: map.overlay, stage: map.stage, label: "start of the paths", name: "start",
scales: map.scales, get: () => startOf() ?? [0, 0], move: (point) => state.set({ start: point }) });
const table = optimizerTable({ catalogue: context.hello.catalogue, get: () => get().optimizers,
set: (optimizers) => state.set({ optimizers }), looks: (rows) => looksOf(rows, content.colors) });
const player = createPlayer({ word: "race", count: () => get().steps, get: () => get().at,
show: (at) => state.set({ at }) });
const controls = controlsOf(context, { startOf, on });
const limit = element("p", { class: "fact", "data-part": "limit", "data-id": "limit" });
const ends = element("p", { class: "fact", "data-part": "basins", "data-id": "basins", hidden: true });
const fetchMap = latestOnly((given) => context.ask("map", given), (frame) => {
content.map = frame;
context.clear("surface");
controls.range(frame.data);
say(controls.formula, frame.data.formula ? `height = ${frame.data.formula}` : "");
map.reground();
askPaths();
}, failed);
const fetchPaths = latestOnly((given) => context.ask("paths", given.sent), (frame, given) => {
content.paths = frame;
content.rows = given.looks;
content.start = given.start;
context.clear("optimizers", "start", "steps", "noise", "seed");
showResults(frame, given);
redraw();
}, failed);
const fetchBasins = latestOnly((given) => context.ask("basins", given.sent), (frame, given) => {
if (given !== asked) return;
content.basins = Object.assign(frame, { x: given.x, y: given.y });
context.clear("optimizer");
showEnds(frame, given.label);
map.reground();
if (given.sent.part < PARTS) fetchBasins(asked = withPart(given, given.sent.part + 1));
}, failed);
let asked = null;
function failed(error) {
const own = error.field === "surface" && get().surface === OWN;
context.failed(own ? new Refused(error.message.replace("surface: expression: ", ""), "surface.expression") : error);
}
function askMap() {
content.name = get().surface === OWN ? `the expression ${get().expression}` : get().surface;
fetchMap({ surface: surfaceOf(get()), points: POINTS });
}
function askPaths() {
const start = startOf();
if (!start) return;
const { steps, noise, seed, optimizers } = get();
const chosen = on();
const looks = chosen.map(({ index }) => looksOf(optimizers, content.colors)[index]);
fetchPaths({ looks, start, steps, places: chosen.map(({ index }) => index),
sent: { surface: surfaceOf(get()), start, steps, noise, seed, optimizers: chosen.map(({ row }) => sentOf(row)) } });
}
function askBasins() {
const index = get().basins;
const row = index === null ? null : get().optimizers[index];
ends.hidden = !row;
if (!row) {
content.basins = asked = null;
map.reground();
} else if (content.map) {
const { x, y } = content.map.data;
const sent = { surface: surfaceOf(get()), optimizer: sentOf(row), points: 64, steps: get().steps, parts: PARTS };
fetchBasins(asked = withPart({ x, y, label: labelOf(row), sent }, 1));
}
}
function showResults(frame, given) {
const texts = new Map();
given.places.forEach((place, index) => texts.set(place, shortResult(resultOf(frame, index))));
table.results(texts);
const { limit: most } = frame.data;
say(limit, most === null || most === undefined
? "No stability limit at this start: the surface curves upwards in no direction there."
: `Stability limit at this start: gradient descent leaves it at rates above ${shortNumber(most)} (2 / largest curvature).`);
const words = given.places.map((_, index) => `${given.looks[index].label}: ${resultOf(frame, index).text}`);
context.announce(words.slice(0, 4).join("; "));
}
function showEnds(frame, label) {
const shares = frame.data.shares ?? [];
const words = shares.map((share, index) => {
const [x, y] = frame.arrays.ends.slice(2 * index, 2 * index + 2);
return `${percent(share)} end near (${shortNumber(x, 3)}, ${shortNumber(y, 3)})`;
});
say(ends, `${label}, from 64 × 64 starts: ${words.join(", ") || "no common end"}.`);
}
function redraw() {
content.at = get().at;
map.redraw();
chart.redraw();
player.update();
}
function update(now, before) {
controls.update(now);
const changed = (...names) => names.some((name) => !same(now[name], before?.[name]));
table.update();
if (changed("surface") || (now.surface === OWN && changed("expression", "x", "y"))) askMap();
else if (changed("start", "steps", "noise", "seed", "optimizers")) askPaths();
if (changed("basins", "surface") || (now.basins !== null && changed("optimizers", "steps", "expression"))) askBasins();
redraw();
}
const unwatch = theme.subscribe((look) => {
content.colors = look.colors;
looksOf(get().optimizers, look.colors);
content.rows = on().map(({ index }) => looksOf(get().optimizers, look.colors)[index]);
table.update();
map.reground();
chart.redraw();
});
content.drawn = handle.place;
return {
element: element("div", { class: "landscape" },
element("div", { class: "side" }, controls.elements),
element("div", { class: "main-picture" }, map.element, player.element, limit, ends),
element("div", { class: "second-picture" }, chart.element, controls.below),
table.element),
update,
keydown(event) {
const act = { " ": player.toggle, ".": player.step, r: player.rewind }[event.key];
if (act) act();
return Boolean(act);
},
python: () => ({ of: "paths", with: { surface: surfaceOf(get()), start: startOf(), steps: get().steps,
noise: get().noise, seed: get().seed, optimizers: on().map(({ row }) => sentOf(row)) } }),
close() {
player.stop();
unwatch();
},
};
}
function chartOf(content, get) {
const curves = () => {
if (!content.paths) return [];
const count = content.paths.shapes.values[1];
return content.rows.map((row, index) => ({ name: row.label, color: row.color, shape: row.shape, dash: row.dash,
values: content.paths.arrays.values.subarray(index * count, (index + 1) * count),
last: content.at ?? undefined }));
};
return {
title: "Height at each step",
file: "heights",
height: (width) => Math.max(220, Math.min(width * 0.62, 460)),
draw: (pen, size) => drawChart(pen, size, { curves: curves(), log: get().log, xLabel: "step",
yLabel: get().log ? "height (logarithmic)" : "height", colors: content.colors, cursor: content.at, most: mostShown(curves(), get().log) }),
describe: () => describeCurves("Height at each step", curves()),
rows: () => rowsOfCurves(curves(), "step"),
};
}
function mostShown(curves, log) {
const first = curves.reduce((most, { values }) => Math.max(most, values[0]), -Infinity);
return first > 0 ? first * (log ? 1000 : 2) : Infinity;
}
function controlsOf(context, { startOf, on }) {
const { state } = context;
const get = () => state.get();
const names = [...context.hello.surfaces.map((each) => each.name ?? each), OWN];
const surface = choiceControl({ label: "Surface", field: "surface", part: "surface",
explain: "What the optimizers descend on.", options: names, value: get().surface,
change: (name) => state.set({ surface: name, start: null, at: null }) });
const expression = textControl({ label: "Height", field: "surface.expression", part: "surface",
explain: "Of x and y, with + - * / ^ and functions such as sin, exp, sqrt, abs, log, tanh.",
value: get().expression, change: (text) => state.set({ expression: text, start: null }) });
const bound = (axis, place, word) => numberControl({ label: `${word} ${axis}`, field: `surface.${axis}`,
compact: true, slider: false, value: get()[axis][place],
change(value) {
const range = [...get()[axis]];
range[place] = value;
if (range[0] < range[1]) state.set({ [axis]: range, start: null });
} });
const bounds = [bound("x", 0, "least"), bound("x", 1, "greatest"), bound("y", 0, "least"), bound("y", 1, "greatest")];
const own = element("div", { class: "own" }, expression.element, element("div", { class: "pairs" }, bounds.map((each) => each.element)));
const formula = element("p", { class: "formula", "data-id": "formula" });
const move = (place) => (value) => {
const point = [...(startOf() ?? [0, 0])];
point[place] = value;
state.set({ start: point });
};
const start = ["x", "y"].map((axis, place) => numberControl({ label: `Start ${axis}`, field: `start.${place}`, part: "start",
compact: true, slider: false, value: null, change: move(place) }));
const steps = numberControl({ label: "Steps", field: "steps", part: "steps", explain: "How often each optimizer moves.",
low: 1, high: 2000, whole: true, log: true, value: get().steps, change: (value) => state.set({ steps: value, at: null }) });
const noise = numberControl({ label: "Noise", field: "noise", part: "noise", low: 0, high: 10, step: 0.05,
explain: "Random numbers added to each gradient, as small batches do.", value: get().noise,
change: (value) => state.set({ noise: value }) });
const seed = numberControl({ label: "Seed", field: "seed", part: "seed", low: 0, high: 1e6, whole: true, slider: false,
compact: true, value: get().seed, change: (value) => state.set({ seed: value }) });
const basins = element("div", { "data-part": "basins" });
const log = tickControl({ label: "logarithmic heights", compact: true, value: get().log, change: (value) => state.set({ log: value }) });
const python = button("Show the Python", () => context.showPython(), { class: "quiet-button" });
let offered = null;
return {
formula,
elements: [
group("Surface", {}, surface.element, own, formula),
group("Paths", {}, element("div", { class: "pairs" }, start.map((each) => each.element)), steps.element, noise.element, seed.element),
group("Basins", { "data-part": "basins" }, basins, element("p", { class: "explained" }, "Colours each start by where its path ends.")),
python,
],
below: log.element,
range: () => start.forEach((control, place) => control.set(startOf()?.[place] ?? null)),
update(now) {
surface.set(now.surface);
own.hidden = now.surface !== OWN;
expression.set(now.expression);
bounds.forEach((control, index) => control.set(now[index < 2 ? "x" : "y"][index % 2]));
start.forEach((control, place) => control.set(startOf()?.[place] ?? null));
steps.set(now.steps);
noise.set(now.noise);
seed.set(now.seed);
log.set(now.log);
const choices = [{ value: "", label: "none" }, ...now.optimizers.map((row, index) => ({ value: String(index), label: `${index + 1}: ${labelOf(row)}` }))];
const wanted = JSON.stringify([choices, now.basins]);
if (wanted !== offered) {
offered = wanted;
const control = choiceControl({ label: "Map of", field: "optimizer", compact: true, options: choices,
value: now.basins === null ? "" : String(now.basins),
change: (value) => state.set({ basins: value === "" ? null : Number(value) }) });
refill(basins, control.element);
}
},
};
}
const lessons = {
name: "lessons",
title: "Lessons",
keys: [],
initial: () => ({}),
mount: mountLessons,
};
function mountLessons({ open, hello }) {
const solved = solvedLessons();
const items = LESSONS.map((lesson, index) => {
const there = hello.views.includes(lesson.view);
const mark = solved.has(lesson.name) ? "solved" : "";
return element("li", {},
button(`${index + 1}. ${lesson.title}`, () => openLesson(lesson, open),
{ class: "lesson-link", disabled: !there, "data-lesson": lesson.name }),
element("span", { class: "lesson-about" }, lesson.text[0]),
element("span", { class: "solved-mark" }, mark));
});
return {
element: element("div", { class: "lessons" },
element("p", {}, "Each lesson is a state of a view, with a task that the page checks. They follow the order of the courses."),
element("ol", {}, items)),
update() {},
};
}
const VIEWS = [landscape, lessons];
const RETRY = 2000;
const WRITE = 60;
const LATE = 300;
function start(root, transport, options) {
root.classList.add("steepest-studio");
root.tabIndex = -1;
const theme = watchTheme(root, stored("theme") ?? "auto");
theme.apply();
const { element: live, announce } = createAnnouncer();
const banner = element("div", { class: "banner", role: "alert", hidden: true });
const place = element("main", { class: "place" });
const copied = element("span", { role: "status", class: "copied" });
const tabs = element("nav", { "aria-label": "views", class: "tabs" });
const busy = element("span", { class: "busy", role: "status", hidden: true }, "computing …");
const help = () => showKeys(root, mounted?.view.keys ?? []);
refill(root,
element("header", { class: "top" }, element("h1", {}, "steepest studio"), tabs, busy,
element("div", { class: "top-tools" }, themeChoice(theme),
options.address ? button("Copy link", copyLink, { class: "tool" }) : null, copied,
button("Keys", help, { class: "tool", title: "the keys of this page (?)" }))),
banner, place, live);
let store = null;
let hello = null;
let mounted = null;
let closed = false;
let writing = 0;
let retrying = 0;
async function begin() {
clearTimeout(retrying);
try {
hello = (await transport.request("session", "hello")).data;
} catch (error) {
return failed(error);
}
banner.hidden = true;
if (store) return mounted?.refresh();
const known = VIEWS.filter(({ name }) => name === "lessons" || hello.views.includes(name));
const states = Object.fromEntries(known.map((view) => [view.name, view.initial(hello)]));
store = createStore({ view: known[0].name, views: states, lesson: null, hide: [] });
const given = options.address ? await readLink(location.hash) : null;
apply(given ?? { view: options.view ?? known[0].name, state: options.state ?? {} });
tabs.append(...known.map(({ name, title }) =>
button(title, () => open(name, {}), { class: "tab", "data-view": name })));
store.subscribe(changed);
mount();
return write(false);
}
function apply({ view, state }) {
const name = VIEWS.some((each) => each.name === view && store.get().views[view]) ? view : store.get().view;
const { lesson = null, hide = [], ...rest } = name === view ? state : {};
const views = store.get().views;
store.set({ view: name, lesson, hide, views: { ...views, [name]: merged(views[name], rest) } });
}
function open(view, state) {
apply({ view, state });
write(true);
}
function mount() {
mounted?.close();
const now = store.get();
const view = VIEWS.find(({ name }) => name === now.view);
mounted = mountedView(view, { store, root, transport, hello, theme, announce, failed, open, place, busy });
for (const tab of tabs.children) {
if (tab.dataset.view === now.view) tab.setAttribute("aria-current", "page");
else tab.removeAttribute("aria-current");
}
hideParts();
}
function changed(now, before) {
if (now.view !== before.view || now.lesson !== before.lesson) mount();
else if (now.views[now.view] !== before.views[now.view]) mounted.update();
if (now.hide !== before.hide) hideParts();
clearTimeout(writing);
writing = window.setTimeout(() => write(false), WRITE);
}
function hideParts() {
const hide = new Set(store.get().hide);
for (const part of place.querySelectorAll("[data-part]")) {
part.classList.toggle("hidden-part", hide.has(part.dataset.part));
}
}
async function write(isNew) {
if (!options.address || closed) return;
const link = await currentLink();
if (link === location.hash) return;
history[isNew ? "pushState" : "replaceState"](null, "", link);
}
function currentLink() {
const { view, views, lesson, hide } = store.get();
return linkOf(view, { ...views[view], ...(lesson ? { lesson } : {}), ...(hide.length ? { hide } : {}) });
}
async function copyLink() {
const text = location.origin + location.pathname + (await currentLink());
say(copied, (await copyText(text)) ? "copied" : "copy the address of the page");
setTimeout(() => say(copied, ""), 4000);
}
function failed(error) {
if (closed) return;
if (error instanceof Refused && error.field && showAtField(place, error.field, error.message)) return;
if (error instanceof NotAllowed) {
showBanner("This address has no valid token. Open the address that the terminal printed when `steepest studio` started, with all that follows the #.");
} else if (error instanceof Unreachable) {
showBanner("The server of the studio does not answer. Was it stopped? Start `steepest studio` again; your settings stay in the address of this page. This page tries again by itself.");
clearTimeout(retrying);
retrying = window.setTimeout(begin, RETRY);
} else {
showBanner(error.message);
if (!(error instanceof Refused)) console.error(error);
}
}
function showBanner(sentence) {
banner.hidden = false;
refill(banner, element("p", {}, sentence),
button("Close", () => { banner.hidden = true; }, { class: "tool" }));
}
async function followed() {
const given = await readLink(location.hash);
if (given && store && !same(given.state, store.get().views[given.view])) apply(given);
}
function pressed(event) {
if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
if (event.target.closest("dialog")) return;
if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
if (event.key === " " && event.target.closest("button, summary, input, a")) return;
if (event.key === "?") help();
else if (!mounted?.keydown(event)) return;
event.preventDefault();
}
const keys = options.address ? document : root;
keys.addEventListener("keydown", pressed);
if (options.address) window.addEventListener("popstate", followed);
const silence = transport.listen((frame) => {
banner.hidden = true;
mounted?.pushed(frame);
}, (error) => error ? failed(error) : undefined);
begin();
return () => {
closed = true;
silence();
mounted?.close();
theme.stop();
clearTimeout(retrying);
clearTimeout(writing);
keys.removeEventListener("keydown", pressed);
window.removeEventListener("popstate", followed);
root.replaceChildren();
};
}
function mountedView(view, page) {
const { store, root, transport, hello, theme, announce, failed, open, place, busy } = page;
const views = sliceOf(store, "views");
const state = sliceOf(views, view.name);
const card = store.get().lesson
? lessonCard({ name: store.get().lesson, hello, open, announce, state: () => state.get() }) : null;
let previous = null;
const observe = (frame) => card?.check(frame);
const context = {
root, state, hello, theme, announce, failed, open, transport,
clear: (...names) => clearErrors(place, names),
async ask(act, values) {
const late = setTimeout(() => { busy.hidden = false; }, LATE);
try {
const frame = await transport.request(view.name, act, values);
observe(frame);
return frame;
} finally {
clearTimeout(late);
busy.hidden = true;
}
},
async showPython() {
try {
showPython(root, (await transport.request(view.name, "python", shown.python())).data.text);
} catch (error) {
failed(error);
}
},
};
const shown = view.mount(context);
refill(place, card?.element, element("h2", { class: "only-read" }, view.title), shown.element);
const update = () => {
const now = state.get();
shown.update(now, previous);
previous = now;
card?.check(null);
};
update();
return {
view,
update,
refresh() {
previous = null;
update();
},
keydown: (event) => shown.keydown?.(event) ?? false,
pushed(frame) {
if (frame.view !== view.name) return;
shown.pushed?.(frame);
observe(frame);
},
close: () => shown.close?.(),
};
}
function themeChoice(theme) {
const select = element("select", { "aria-label": "colours of the page", class: "tool" },
[["auto", "as the system"], ["light", "light"], ["dark", "dark"]].map(([value, label]) =>
element("option", { value }, label)));
select.value = theme.get().choice;
select.addEventListener("change", () => {
store("theme", select.value);
theme.choose(select.value);
});
return select;
function store(name, value) {
try {
localStorage.setItem(`steepest-studio-${name}`, value);
} catch {
}
}
}
function stored(name) {
try {
return localStorage.getItem(`steepest-studio-${name}`);
} catch {
return null;
}
}
function merged(initial, given) {
const typeOf = (value) => (Array.isArray(value) ? "list" : typeof value);
const fits = (name) => name in initial && (initial[name] === null || given[name] === null ||
typeOf(initial[name]) === typeOf(given[name]));
return { ...initial, ...Object.fromEntries(Object.entries(given).filter(([name]) => fits(name))) };
}
function widgetTransport(model) {
let number = 0;
const waiting = new Map();
const listeners = new Set();
function received(head, buffers) {
const frame = frameOf(head, (index) => {
const view = buffers[index];
return view instanceof DataView
? { buffer: view.buffer, offset: view.byteOffset }
: { buffer: view, offset: 0 };
});
const asked = waiting.get(frame.id);
if (asked) {
waiting.delete(frame.id);
try {
asked.resolve(accepted(frame));
} catch (error) {
asked.reject(error);
}
return;
}
for (const listener of listeners) listener(frame);
if (frame.number !== null) {
model.send({ view: "session", do: "acknowledge", id: null, with: { number: frame.number } });
}
}
function ask(message) {
number += 1;
const id = number;
return new Promise((resolve, reject) => {
waiting.set(id, { resolve, reject });
model.send({ ...message, id });
});
}
model.on("msg:custom", received);
return {
request: (view, act, values = {}) => ask({ view, do: act, with: values }),
table: (name, text) => ask({ view: "session", do: "table", with: { name, text } }),
listen(callback) {
listeners.add(callback);
return () => listeners.delete(callback);
},
};
}
if (document.documentElement.dataset.studio !== undefined) {
start(document.getElementById("studio"), httpTransport(takeToken()), { address: true });
}
export default {
render({ model, el }) {
const root = document.createElement("div");
el.append(root);
const state = model.get("state") ?? {};
return start(root, widgetTransport(model), { address: false, view: model.get("view"), state });
},
};
