// Made by scripts/page_module.py from the files in source/.
const { element, vector, uniqueId, say, refill, download, oncePerFrame, afterPaint } = (() => {
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
function afterPaint(callback) {
if (document.visibilityState === "hidden") setTimeout(callback, 100);
else requestAnimationFrame(() => setTimeout(callback, 0));
}
return { element, vector, uniqueId, say, refill, download, oncePerFrame, afterPaint };
})();
const { Refused, frameOf, decodeFrame, FrameReader, accepted } = (() => {
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
if (
this.parts.length > 1 ||
this.parts[0].byteOffset ||
this.parts[0].buffer.byteLength !== this.held
) {
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
return { Refused, frameOf, decodeFrame, FrameReader, accepted };
})();
const { Unreachable, NotAllowed, httpTransport } = (() => {
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
function acknowledge(drawn) {
request("session", "acknowledge", { client, number: drawn }).catch(() => {});
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
if (frame.number !== null) afterPaint(() => acknowledge(frame.number));
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
return (
buffer.byteLength >= 8 && new DataView(buffer).getUint32(0, true) + 4 === buffer.byteLength
);
}
function randomHex(bytes) {
const numbers = crypto.getRandomValues(new Uint8Array(bytes));
return Array.from(numbers, (each) => each.toString(16).padStart(2, "0")).join("");
}
return { Unreachable, NotAllowed, httpTransport };
})();
const { linkOf, readLink, takeToken } = (() => {
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
return { linkOf, readLink, takeToken };
})();
const { createAnnouncer } = (() => {
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
return { createAnnouncer };
})();
const { shortNumber, niceTicks, powerTicks, percent } = (() => {
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
return { shortNumber, niceTicks, powerTicks, percent };
})();
const { errorLine, labelled, numberControl, seedControl, choiceControl, tickControl, textControl, button, group, showAtField, clearErrors } = (() => {
function errorLine(attributes = {}, shown = () => {}) {
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
function labelled({ label, explain, field, part, compact }, inputs) {
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
function numberControl(given) {
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
function seedControl(value, change, high = 2 ** 24) {
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
function choiceControl(given) {
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
function button(label, press, attributes = {}) {
return element("button", { type: "button", ...attributes, on: { click: press } }, label);
}
function group(title, attributes, ...children) {
const id = uniqueId("group");
return element(
"section",
{ class: "group", "aria-labelledby": id, ...attributes },
element("h3", { id }, title),
children,
);
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
return { errorLine, labelled, numberControl, seedControl, choiceControl, tickControl, textControl, button, group, showAtField, clearErrors };
})();
const { openDialog, showPython, copyText, showKeys } = (() => {
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
return { openDialog, showPython, copyText, showKeys };
})();
const { drawAxes, crisp } = (() => {
function drawAxes(pen, area, { x, y, xLabel, yLabel, colors, grid = false }) {
const across = x.ticks(Math.max(2, Math.round((area.right - area.left) / 80)));
const up = y.ticks(Math.max(2, Math.round((area.bottom - area.top) / 50)));
const style = { stroke: colors.line, width: 1 };
for (const tick of across) {
const place = crisp(x.at(tick));
pen.line([place, grid ? area.top : area.bottom, place, area.bottom + 4], style);
pen.text(place, area.bottom + 13, shortNumber(tick), {
color: colors.quiet,
size: 11,
anchor: "middle",
});
}
for (const tick of up) {
const place = crisp(y.at(tick));
pen.line([area.left - 4, place, grid ? area.right : area.left, place], style);
pen.text(area.left - 7, place, shortNumber(tick), {
color: colors.quiet,
size: 11,
anchor: "end",
});
}
pen.rectangle(crisp(area.left), crisp(area.top), area.right - area.left, area.bottom - area.top, {
stroke: colors.quiet,
width: 1,
});
const middle = (area.left + area.right) / 2;
pen.text(middle, area.bottom + 29, xLabel, { color: colors.text, anchor: "middle" });
pen.text(11, (area.top + area.bottom) / 2, yLabel, {
color: colors.text,
anchor: "middle",
turned: true,
});
}
function crisp(place) {
return Math.round(place - 0.5) + 0.5;
}
return { drawAxes, crisp };
})();
const { channels, tableThrough, heightTable, signTable, mixed, bitmapOf } = (() => {
const SEQUENTIAL = [
[0, 34, 78],
[22, 59, 109],
[66, 78, 108],
[99, 98, 112],
[124, 123, 120],
[152, 141, 118],
[187, 161, 106],
[222, 187, 84],
[254, 232, 56],
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
return { channels, tableThrough, heightTable, signTable, mixed, bitmapOf };
})();
const { contourSegments } = (() => {
const CASES = [
[],
[3, 0],
[0, 1],
[3, 1],
[1, 2],
[3, 2, 0, 1],
[0, 2],
[3, 2],
[2, 3],
[2, 0],
[0, 3, 1, 2],
[2, 1],
[1, 3],
[1, 0],
[0, 3],
[],
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
return { contourSegments };
})();
const { SHAPES, shapeAt } = (() => {
const turn = (count, first, radius = () => 1) =>
Array.from({ length: count }, (_, index) => {
const angle = first + (2 * Math.PI * index) / count;
return [radius(index) * Math.cos(angle), radius(index) * Math.sin(angle)];
});
const plus = (angle) => {
const arms = [
[-0.35, -1],
[0.35, -1],
[0.35, -0.35],
[1, -0.35],
[1, 0.35],
[0.35, 0.35],
[0.35, 1],
[-0.35, 1],
[-0.35, 0.35],
[-1, 0.35],
[-1, -0.35],
[-0.35, -0.35],
];
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
return { SHAPES, shapeAt };
})();
const { CanvasPen, VectorPen, canvasOf } = (() => {
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
for (let index = 0; index < ends.length; index += 4)
path += pathOf(ends.slice(index, index + 4));
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
return { CanvasPen, VectorPen, canvasOf };
})();
const { createPicture, saveNumbers } = (() => {
const MOST_ROWS = 500;
function createPicture(drawing) {
const canvas = element("canvas", { role: "img", "aria-label": drawing.title });
const overlay = vector("svg", { class: "overlay", "aria-hidden": "false" });
const stage = element("div", { class: "stage" }, canvas, overlay);
const holder = element("div", { class: "numbers", hidden: true, id: uniqueId("numbers") });
const title = element("span", { class: "picture-title" }, drawing.title);
const tools = element("span", { class: "tools" });
const figure = element(
"figure",
{ class: "picture" },
element("figcaption", {}, title, tools),
stage,
holder,
);
const size = { width: 0, height: 0 };
const under = document.createElement("canvas");
let isStale = true;
let width = 0; // as last observed: to ask for it while drawing would lay out the page each time
function paint() {
if (!width || !figure.isConnected) return;
const height = Math.round(drawing.height(width));
const ratio = Math.min(3, window.devicePixelRatio || 1);
if (
size.width !== width ||
size.height !== height ||
canvas.width !== Math.round(width * ratio)
) {
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
const observer = new ResizeObserver(([entry]) => {
width = Math.floor(entry.contentRect.width);
redraw();
});
observer.observe(stage);
tools.append(...toolsOf(drawing, canvas, size, holder));
const reground = () => {
isStale = true;
changed();
};
return {
element: figure,
overlay,
stage,
size,
redraw: changed,
reground,
rename: (text) => say(title, text),
};
}
function cleared(canvas, ratio, size) {
const context = canvas.getContext("2d");
context.setTransform(ratio, 0, 0, ratio, 0, 0);
context.clearRect(0, 0, size.width, size.height);
return context;
}
function toolsOf(drawing, canvas, size, holder) {
const tool = (label, explain, press) =>
element(
"button",
{
type: "button",
class: "tool",
title: explain,
"aria-label": explain,
on: { click: press },
},
label,
);
const file = () => `steepest_${drawing.file}`;
const buttons = [
tool("PNG", `save "${drawing.title}" as PNG`, () =>
canvas.toBlob((blob) => blob && download(`${file()}.png`, blob)),
),
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
return [
...buttons,
tool("CSV", `save the numbers of "${drawing.title}" as CSV`, () =>
saveNumbers(file(), drawing.rows()),
),
table,
];
}
function saveNumbers(file, { head, body }) {
const text = [head, ...body].map((row) => row.map(csvField).join(",")).join("\r\n");
download(`${file}.csv`, new Blob([`${text}\r\n`], { type: "text/csv" }));
}
function fillTable(holder, drawing) {
const { head, body } = drawing.rows();
const every = Math.max(1, Math.ceil(body.length / MOST_ROWS));
const shown = body.filter((_, index) => index % every === 0);
const note = every > 1 ? ` (every ${every}th row; the CSV file has all ${body.length})` : "";
const cell = (value, tag) =>
element(tag, tag === "th" ? { scope: "col" } : {}, shownValue(value));
refill(
holder,
element(
"table",
{},
element("caption", {}, drawing.title + note),
element(
"thead",
{},
element(
"tr",
{},
head.map((each) => cell(each, "th")),
),
),
element(
"tbody",
{},
shown.map((row) =>
element(
"tr",
{},
row.map((each) => cell(each, "td")),
),
),
),
),
);
holder.tabIndex = 0;
}
function shownValue(value) {
if (value === null || value === undefined) return "";
return typeof value === "number" ? String(Number(value.toPrecision(7))) : String(value);
}
function csvField(value) {
const text = value === null || value === undefined ? "" : String(value);
const safe =
/^[=+@]/.test(text) || (/^-/.test(text) && Number.isNaN(Number(text))) ? `'${text}` : text;
return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
return { createPicture, saveNumbers };
})();
const { createScale, extent, evenHeights } = (() => {
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
return { createScale, extent, evenHeights };
})();
const { landscapeMap, resultOf } = (() => {
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
scales = {
x: createScale(...x, area.left, area.right),
y: createScale(...y, area.bottom, area.top),
area,
};
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
const { map, basins, training, colors } = content;
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
pen.marker(5, x.at(minimumX), y.at(minimumY), 8, {
fill: colors.page,
stroke: colors.text,
width: 1.5,
});
}
if (training) drawTraining(pen, { x, y }, training, colors);
else if (map.data.place) {
const [place, up] = map.data.place;
pen.marker(3, x.at(place), y.at(up), 7, { fill: colors.page, stroke: colors.text, width: 2 });
}
});
const [xLabel, yLabel] = map.data.labels ?? ["x", "y"];
drawAxes(pen, area, { x, y, xLabel, yLabel, colors });
}
function drawTraining(pen, { x, y }, { arrays, shapes }, colors) {
const count = shapes.points[0];
const points = placesOf(arrays.points, 0, count, x, y);
pen.line(points, { stroke: colors.page, width: 5 });
pen.line(points, { stroke: colors.text, width: 2 });
for (const [shape, at] of [
[1, 0],
[0, count - 1],
]) {
const look = { fill: colors.page, stroke: colors.text, width: 2 };
pen.marker(shape, points[2 * at], points[2 * at + 1], 6, look);
}
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
const [x, y] = [
createScale(...basins.x, area.left, area.right),
createScale(...basins.y, area.bottom, area.top),
];
for (let index = 0; 2 * index < ends.length; index += 1) {
pen.marker(index, x.at(ends[2 * index]), y.at(ends[2 * index + 1]), 8, {
fill: colors.series[index % colors.series.length],
stroke: colors.text,
width: 2,
});
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
pen.marker(row.shape, points[0], points[1], 7, {
fill: row.color,
stroke: colors.page,
width: 1.8,
});
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
const [across, up] = map.data.labels ?? ["x", "y"];
const words = [
`Map of ${name}: heights from ${shortNumber(low)} to ${shortNumber(high)}, ` +
`${across} from ${shortNumber(x[0])} to ${shortNumber(x[1])}, ${up} from ${shortNumber(y[0])} to ${shortNumber(y[1])}.`,
];
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
const text =
diverged === null
? `height ${shortNumber(last)} after ${count - 1} steps`
: `diverged: no longer finite after step ${diverged}`;
return { last, diverged, text };
}
function rowsOfPaths({ paths, rows }) {
if (!paths) return { head: ["step"], body: [] };
const count = paths.shapes.points[1];
const head = [
"step",
...rows.flatMap(({ label }) => [`${label}: x`, `${label}: y`, `${label}: height`]),
];
const body = Array.from({ length: count }, (_, step) => [
step,
...rows.flatMap((_row, index) => {
const place = index * count + step;
return [
paths.arrays.points[2 * place],
paths.arrays.points[2 * place + 1],
paths.arrays.values[place],
];
}),
]);
return { head, body };
}
return { landscapeMap, resultOf };
})();
const { gradientDescent, rateTooBig, rateTooSmall, batches, momentum, adaptiveRates, decay, scaling, search } = (() => {
const HIDE = ["basins", "noise", "seed"];
const plainDescent = (learning_rate, options = {}) => ({
name: "SGD",
on: true,
options: { learning_rate, ...options },
});
const NOISY_BOWL = {
surface: "bowl",
start: [-1.6, 1.2],
steps: 300,
optimizers: [plainDescent(0.3)],
at: null,
log: true,
noise: 1,
basins: null,
seed: 0,
};
const heightsOf = (frame, index) => {
const count = frame.shapes.values[1];
return frame.arrays.values.subarray(index * count, (index + 1) * count);
};
const isPaths = (frame) => frame?.kind === "paths" && frame.shapes.values[0] > 0;
const ends = (frame, index) => {
const { last, diverged } = resultOf(frame, index);
return diverged === null ? last : Infinity;
};
const firstRate = (row) => {
const rate = row?.options.learning_rate;
return typeof rate === "number" ? rate : null;
};
const gradientDescent = {
name: "gradient-descent",
title: "Gradient descent",
view: "landscape",
state: {
surface: "bowl",
start: [-0.8, 0.6],
steps: 30,
optimizers: [plainDescent(0.1)],
at: null,
log: true,
noise: 0,
basins: null,
},
hide: [...HIDE, "surface"],
text: [
"Gradient descent subtracts the learning rate times the gradient from the point, again and again.",
"The gradient stands at a right angle to the lines of equal height, and shrinks towards the minimum, so that the steps shrink too.",
"The curve on the right shows the height after each step; on a logarithmic scale it is a straight line here.",
],
task: "Move the red point to a height above 6: drag it, use the arrow keys on it, or type Start x and Start y. The path must still end below 0.001.",
because:
"From every start on a bowl each step multiplies the distance to the minimum by the same factor.",
solved: (frame) => isPaths(frame) && heightsOf(frame, 0)[0] > 6 && ends(frame, 0) < 0.001,
};
const rateTooBig = {
name: "rate-too-big",
title: "The learning rate is too big",
view: "landscape",
state: {
surface: "ravine",
start: null,
steps: 100,
optimizers: [plainDescent(1.05)],
at: null,
log: true,
noise: 0,
basins: null,
},
hide: [...HIDE, "surface"],
text: [
"With a big learning rate each step overshoots the floor of the ravine and lands higher on the other side.",
"Above 2 divided by the largest curvature the path diverges; the sentence under the map gives this limit.",
"A loss that grows from step to step, or becomes not a number, has this cause more often than any other.",
],
task: "Lower the learning rate of SGD until the path ends below a height of 0.01.",
because: "Below the limit every step gets nearer to the floor of the ravine.",
solved: (frame) => isPaths(frame) && ends(frame, 0) < 0.01,
};
const rateTooSmall = {
name: "rate-too-small",
title: "The learning rate is too small",
view: "landscape",
state: {
surface: "ravine",
start: null,
steps: 100,
optimizers: [plainDescent(0.001)],
at: null,
log: true,
noise: 0,
basins: null,
},
hide: [...HIDE, "surface"],
text: [
"With a small learning rate nothing goes wrong, but nothing happens either: a hundred steps go hardly anywhere.",
"The steep direction of the ravine sets how big the rate may be, and the flat direction sets how many steps that takes.",
"A good rate is often a little below the stability limit.",
],
task: "Raise the learning rate of SGD so that 100 steps end below a height of 0.001.",
because: "Near the limit the flat direction is covered as fast as gradient descent can.",
solved: (frame) => isPaths(frame) && frame.shapes.values[1] <= 101 && ends(frame, 0) < 0.001,
};
const batches = {
name: "batches",
title: "Batches are noisy",
view: "landscape",
state: NOISY_BOWL,
hide: ["basins", "surface"],
text: [
"The gradient of a small batch is that of all rows plus noise, so the path zigzags.",
"Near the minimum the gradient is small and the noise is not: the path does not come to rest, and wanders in a region.",
"The smaller the learning rate, the smaller this region, since noise of many steps averages out.",
],
task: "Leave the noise at 1 and choose a learning rate such that the last 50 heights all lie below 0.05.",
because: "A smaller rate averages the noise of more batches; it also needs more steps to arrive.",
solved: (frame, state) =>
isPaths(frame) &&
state.noise >= 1 &&
heightsOf(frame, 0)
.slice(-50)
.every((height) => height < 0.05),
};
const momentum = {
name: "momentum",
title: "Momentum",
view: "landscape",
state: {
surface: "ravine",
start: null,
steps: 100,
optimizers: [plainDescent(0.1), plainDescent(0.1, { momentum: 0.5 })],
at: null,
log: true,
noise: 0,
basins: null,
},
hide: [...HIDE, "surface"],
text: [
"Momentum adds an average of the earlier gradients to each step.",
"Across the ravine the gradients change their sign and cancel; along it they agree and add up.",
"With a momentum near 1 the point rolls past the minimum and comes back, so too much of it costs steps again.",
],
task: "Open the options of the second SGD and raise its momentum until it ends below 0.001, with the learning rate left at 0.1.",
because:
"The average lets the point go fast along the ravine at a rate that the steep sides allow.",
solved: (frame, state) =>
isPaths(frame) &&
frame.shapes.values[0] > 1 &&
firstRate(state.optimizers[1]) <= 0.1 &&
ends(frame, 1) < 0.001,
};
const adaptiveRates = {
name: "adaptive-rates",
title: "RMSprop and Adam",
view: "landscape",
state: {
surface: "plateau",
start: [-4.5, 4],
steps: 200,
at: null,
log: true,
noise: 0,
basins: null,
optimizers: [
plainDescent(0.1),
{ name: "RMSprop", on: true, options: { learning_rate: 0.01 } },
{ name: "Adam", on: true, options: { learning_rate: 0.01 } },
],
},
hide: [...HIDE, "surface"],
text: [
"On a plateau the gradient is small, and so are the steps of gradient descent.",
"RMSprop divides each gradient by an average of its recent size, so that its steps are about as long as the learning rate whatever the slope.",
"Adam does the same with momentum, and corrects both averages for their start at zero.",
],
task: "Choose learning rates such that both RMSprop and Adam end below 0.01.",
because:
"Their learning rate is a length of steps, which does not depend on the size of the gradient.",
solved: (frame, state) =>
isPaths(frame) &&
["RMSprop", "Adam"].every((name) => {
const place = state.optimizers.filter(({ on }) => on).findIndex((row) => row.name === name);
return place >= 0 && place < frame.shapes.values[0] && ends(frame, place) < 0.01;
}),
};
const decay = {
name: "decay",
title: "Decay of the learning rate",
view: "landscape",
state: NOISY_BOWL,
hide: ["basins", "surface"],
text: [
"A big learning rate arrives fast and then wanders; a small one is quiet and slow.",
"A schedule begins with a big rate and ends with a small one, so that it has both.",
"Exponential decay multiplies the rate by a factor; cosine decay takes it to zero along half a wave.",
],
task: "Leave the noise at 1 and the first learning rate at 0.3, and choose a schedule (its numbers are under Options) such that the last 20 heights lie below 0.02.",
because: "At the end the rate is small, and the noise of many batches averages out.",
solved: (frame, state) => {
const rate = state.optimizers[0]?.options.learning_rate;
const first =
typeof rate === "object" &&
Object.entries(rate.options).find(([name]) => name.endsWith("learning_rate"));
return (
isPaths(frame) &&
state.noise >= 1 &&
Boolean(first) &&
first[1] >= 0.2 &&
heightsOf(frame, 0)
.slice(-20)
.every((height) => height < 0.02)
);
},
};
const scaling = {
name: "scaling-inputs",
title: "Scaling the inputs",
view: "landscape",
state: {
surface: "own expression",
expression: "x^2 + 50*y^2",
x: [-2, 2],
y: [-2, 2],
start: [-1.5, 1],
steps: 60,
optimizers: [plainDescent(0.018)],
at: null,
log: true,
noise: 0,
basins: null,
},
hide: HIDE,
text: [
"If one input is seven times as large as another, the loss curves about fifty times as much along its weight.",
"The valley gets long and narrow: the steep direction limits the learning rate, and the flat one hardly moves.",
"Inputs with mean 0 and standard deviation 1 make the valley round.",
],
task: "Scale the second input: write 1 in place of 50 in the formula, then find a learning rate with which 60 steps end below 0.000001.",
because:
"In a round valley the gradient points to the minimum, and one rate suits every direction.",
solved: (frame) => isPaths(frame) && frame.shapes.values[1] <= 61 && ends(frame, 0) < 1e-6,
};
const search = {
name: "search",
title: "Searching for settings",
view: "landscape",
state: {
surface: "rosenbrock",
start: null,
steps: 300,
at: null,
log: true,
noise: 0,
basins: null,
optimizers: [
plainDescent(0.001),
{ name: "RMSprop", on: true, options: { learning_rate: 0.05 } },
{ name: "Adam", on: true, options: { learning_rate: 0.1 } },
],
},
hide: [...HIDE, "surface"],
text: [
"No optimizer is the best one everywhere: its settings matter as much as its name.",
"Search on a logarithmic scale: of rates between 0.0001 and 1, as many should be tried below 0.01 as above.",
"Change one thing at a time first, coarsely, and then look more closely around the best.",
],
task: "Find an optimizer and settings that end below 0.1 on this curved valley within 300 steps. You may add optimizers.",
because:
"Momentum or curvature follows the bend of the valley; a plain gradient zigzags between its walls.",
solved: (frame) =>
isPaths(frame) &&
frame.shapes.values[1] <= 301 &&
Array.from({ length: frame.shapes.values[0] }, (_, index) => ends(frame, index)).some(
(height) => height < 0.1,
),
};
return { gradientDescent, rateTooBig, rateTooSmall, batches, momentum, adaptiveRates, decay, scaling, search };
})();
const { optionControl, optionControls, wordsOf } = (() => {
function optionControl(option, { catalogue, value, field, change }) {
const shared = { label: wordsOf(option.name), field, compact: true, change };
const current = value === undefined ? option.default : value;
if (option.kind === "number" || option.kind === "whole") {
return numberControl({
...shared,
low: option.low ?? undefined,
high: option.high ?? undefined,
open: true,
log: option.logarithmic,
whole: option.kind === "whole",
slider: false,
value: typeof current === "number" ? current : null,
optional: option.may_be_none || option.default === null,
});
}
if (option.kind === "flag") return tickControl({ ...shared, value: current });
if (option.kind === "choice")
return choiceControl({ ...shared, options: option.choices, value: current });
if (option.kind === "text") return textControl({ ...shared, value: current ?? "" });
if (option.kind === "numbers") {
const read = (text) =>
change(
text
.split(/[,;\s]+/)
.filter(Boolean)
.map(Number),
);
return textControl({ ...shared, value: (current ?? []).join(", "), change: read });
}
const names = catalogue[option.kind]?.map(({ name }) => name);
if (!names) return null;
return choiceControl({
...shared,
options: [{ value: "", label: "default" }, ...names],
value: current?.name ?? "",
change: (name) => change(name ? { name, options: {} } : option.default),
});
}
function optionControls(options, { catalogue, values, field, change }) {
let current = { ...values };
return options
.map(
(option) =>
optionControl(option, {
catalogue,
value: current[option.name],
field: `${field}.${option.name}`,
change(value) {
current = { ...current, [option.name]: value };
if (JSON.stringify(value) === JSON.stringify(option.default))
delete current[option.name];
change(current);
},
})?.element,
)
.filter(Boolean);
}
function wordsOf(name) {
return name.replaceAll("_", " ");
}
return { optionControl, optionControls, wordsOf };
})();
const { choiceWithOptions } = (() => {
function choiceWithOptions(given) {
const { catalogue, kind, field, none, change, leading = [] } = given;
const entries = catalogue[kind];
const options = [
...(none ? [{ value: "", label: none }] : []),
...entries.map(({ name }) => name),
];
let current = given.value;
const select = choiceControl({
...given,
field,
options,
value: current?.name ?? "",
change: (name) => take(name ? { name, options: {} } : null, true),
});
const below = element("div", { class: "below" });
const box = element(
"div",
{ class: "choice-with-options", "data-part": given.part },
select.element,
below,
);
function take(value, isNew) {
current = value;
change(value);
if (isNew) fill();
}
function fill() {
const entry = entries.find(({ name }) => name === current?.name);
if (!entry) return refill(below);
const controls = (shown) =>
optionControls(shown, {
catalogue,
values: pick(current.options, shown),
field: `${field}.options`,
change: (values) =>
take(
{ name: entry.name, options: { ...without(current.options, shown), ...values } },
false,
),
});
const first = entry.options.filter(({ name }) => leading.includes(name));
const rest = entry.options.filter(({ name }) => !leading.includes(name));
const folded = element("details", {}, element("summary", {}, "more options"));
folded.addEventListener("toggle", () => {
if (folded.open && folded.children.length === 1)
folded.append(element("div", { class: "option-grid" }, controls(rest)));
});
return refill(
below,
first.length ? element("div", { class: "option-grid" }, controls(first)) : null,
rest.length ? folded : null,
);
}
fill();
return {
element: box,
wrong: select.wrong,
set(value) {
const isNew = value?.name !== current?.name;
const isEqual = JSON.stringify(value) === JSON.stringify(current);
current = value;
select.set(value?.name ?? "");
if (isNew || (!isEqual && !below.contains(document.activeElement))) fill();
},
};
}
function pick(values, options) {
const names = new Set(options.map(({ name }) => name));
return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}
function without(values, options) {
const names = new Set(options.map(({ name }) => name));
return Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));
}
return { choiceWithOptions };
})();
const { networkDiagram } = (() => {
const MOST_LINES = 600;
function networkDiagram({ look, colors }) {
const lines = vector("svg", { class: "links", "aria-hidden": "true" });
const holder = element("div", { class: "network-columns" });
const diagram = element(
"div",
{ class: "network", role: "group", "aria-label": "network" },
lines,
holder,
);
let cells = [];
let last = { maps: [], weights: [] };
let active = [0, 0];
function show(columns) {
cells = columns.map((column, place) =>
column.units.map((unit, index) => unitCell(unit, place, index)),
);
refill(
holder,
columns.map((column, place) =>
element(
"div",
{ class: "network-column" },
column.head,
element(
"div",
{ class: "units", role: "group", "aria-label": column.name },
cells[place].map(({ button }) => button),
),
),
),
);
active = [Math.min(active[0], cells.length - 1), 0];
setActive(...active, false);
paint(last.maps, last.weights);
}
function unitCell(unit, column, index) {
const canvas = element("canvas", {
width: 1,
height: 1,
class: "unit-map",
"aria-hidden": "true",
});
const button = element(
"button",
{
type: "button",
class: "unit",
tabindex: -1,
"aria-label": unit.words ?? unit.name,
title: unit.name,
"data-unit": `${column}.${index}`,
on: {
focus: () => look(column, index),
blur: () => look(null, null),
pointerenter: () => look(column, index),
pointerleave: () => look(null, null),
click: () => (unit.press ?? unit.edit)?.(),
keydown: (event) => walked(event, column, index),
},
},
canvas,
unit.caption ? element("span", { class: "unit-caption" }, unit.caption) : null,
);
button.classList.toggle("off", unit.on === false);
if (unit.press) button.setAttribute("aria-pressed", String(unit.on !== false));
return { button, canvas, unit };
}
function walked(event, column, index) {
const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
event.key
];
if (!move) return;
event.preventDefault();
const next = Math.max(0, Math.min(cells.length - 1, column + move[0]));
const unit = Math.max(0, Math.min(cells[next].length - 1, index + move[1]));
setActive(next, unit, true);
}
function setActive(column, unit, focus) {
for (const { button } of cells.flat()) button.tabIndex = -1;
const cell = cells[column]?.[unit];
if (!cell) return;
active = [column, unit];
cell.button.tabIndex = 0;
if (focus) cell.button.focus();
}
function paint(maps, weights) {
last = { maps, weights };
const table = signTable(colors());
cells.forEach((column, place) =>
column.forEach(({ canvas }, index) => {
const map = maps[place]?.[index];
if (!map) return;
if (canvas.width !== map.side) Object.assign(canvas, { width: map.side, height: map.side });
canvas.getContext("2d").putImageData(
bitmapOf(map.values, map.side, map.side, (value) => value, table),
0,
0,
);
}),
);
redrawLines();
}
const redrawLines = oncePerFrame(() => {
const box = holder.getBoundingClientRect();
if (!box.width) return;
lines.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
lines.setAttribute("width", String(box.width));
lines.setAttribute("height", String(box.height));
const places = cells.map((column) =>
column.map(({ button, unit }) => {
const { left, right, top, bottom } = button.getBoundingClientRect();
return {
left: left - box.left,
right: right - box.left,
middle: (top + bottom) / 2 - box.top,
on: unit.on !== false,
};
}),
);
refill(
lines,
last.weights.flatMap((weight, place) =>
linesBetween(places[place] ?? [], places[place + 1] ?? [], weight, colors()),
),
);
});
new ResizeObserver(redrawLines).observe(holder);
return { element: diagram, show, paint };
}
function linesBetween(from, to, weight, colors) {
const sources = from.map((place, index) => ({ ...place, index })).filter(({ on }) => on);
if (!to.length || sources.length * to.length > MOST_LINES) return [];
const values = weight?.values ?? [];
const most = values.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 1e-9);
return sources.flatMap((source, row) =>
to.map((target, column) => {
const value = weight ? values[row * to.length + column] : 0;
const strength = Math.abs(value ?? 0) / most;
const middle = (source.right + target.left) / 2;
return vector(
"path",
{
d: `M${source.right} ${source.middle}C${middle} ${source.middle} ${middle} ${target.middle} ${target.left} ${target.middle}`,
fill: "none",
stroke: value >= 0 ? colors.warm : colors.cold,
"stroke-width": (0.6 + 4 * strength).toFixed(2),
"stroke-dasharray": value < 0 ? "5 3" : undefined,
opacity: (0.25 + 0.75 * strength).toFixed(2),
},
vector("title", {}, `weight ${shortNumber(value, 3)}`),
);
}),
);
}
return { networkDiagram };
})();
const { createStore, sliceOf, same } = (() => {
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
if (one === other) return true;
if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
if (Array.isArray(one) !== Array.isArray(other)) return false;
const names = Object.keys(one);
return (
names.length === Object.keys(other).length &&
names.every((name) => name in other && same(one[name], other[name]))
);
}
return { createStore, sliceOf, same };
})();
const { newLayer, playgroundNetwork } = (() => {
const FEATURES = ["x", "y", "x^2", "y^2", "x*y", "sin(x)", "sin(y)"];
const NORMALISATIONS = ["none", "batch", "layer", "rms"];
const MOST_LAYERS = 8;
const MOST_UNITS = 64;
const FIRST_LAYER = {
units: 4,
activation: "tanh",
initializer: { name: "GlorotUniform", options: {} },
regularizer: null,
normalisation: "none",
dropout: 0,
};
function newLayer(changes = {}) {
return { ...FIRST_LAYER, ...changes };
}
function playgroundNetwork({ catalogue, get, set, colors, look, act, weights }) {
const diagram = networkDiagram({ look, colors });
const more = button(
"+ layer",
() => set({ layers: [...get().layers, newLayer(get().layers.at(-1))] }),
{ class: "tool", "data-id": "add-layer", title: "one more hidden layer" },
);
const fewer = button("− layer", () => set({ layers: get().layers.slice(0, -1) }), {
class: "tool",
"data-id": "remove-layer",
title: "without the last hidden layer",
});
const settings = element("div", { class: "layer-settings" });
let shape = null;
let open = null;
let offered = FEATURES;
function update(outputs) {
const { features, layers } = get();
offered = [...FEATURES, ...features.filter((name) => !FEATURES.includes(name))];
const wanted = [features, layers.map(({ units, activation }) => [units, activation]), outputs];
more.disabled = layers.length >= MOST_LAYERS;
fewer.disabled = layers.length === 0;
if (!same(shape, wanted)) {
shape = wanted;
diagram.show(columnsOf(outputs));
}
if (open !== null && open >= layers.length) showSettings(null);
}
function columnsOf(outputs) {
const { features, layers } = get();
const toggle = (name) => () => {
const next = features.includes(name)
? features.filter((each) => each !== name)
: offered.filter((each) => each === name || features.includes(each));
if (next.length) set({ features: next });
};
const own = textControl({
label: "own feature",
field: "features",
compact: true,
value: "",
longest: 60,
change() {},
});
own.element.querySelector("input").placeholder = "own: x^3";
own.element.querySelector("input").addEventListener("change", (event) => {
const text = event.target.value.trim();
if (text && !features.includes(text)) set({ features: [...features, text] });
});
const first = {
name: "features",
head: element(
"div",
{ class: "column-head", "data-part": "features" },
element("h4", {}, "Features"),
own.element,
),
units: offered.map((name) => ({
name,
caption: name,
on: features.includes(name),
press: toggle(name),
words: `feature ${name}`,
})),
};
const hidden = layers.map((layer, place) => ({
name: `layer ${place + 1}`,
head: headOf(layer, place),
units: Array.from({ length: layer.units }, (_, unit) => ({
name: `layer ${place + 1}, unit ${unit + 1}`,
edit: () => showWeights(place + 1, unit),
})),
}));
const last = {
name: "output",
head: element("div", { class: "column-head" }, element("h4", {}, "Output")),
units: outputs.map((name, unit) => ({
name: `output ${name}`,
caption: outputs.length > 1 ? name.replace(/^class /, "").slice(0, 4) : null,
edit: () => showWeights(layers.length + 1, unit),
})),
};
return [first, ...hidden, last];
}
function headOf(layer, place) {
const change = (patch) =>
set({
layers: get().layers.map((each, index) => (index === place ? { ...each, ...patch } : each)),
});
const count = element("output", { class: "unit-count" }, String(layer.units));
const step = (by, word, sign) =>
button(
sign,
() => change({ units: Math.max(1, Math.min(MOST_UNITS, get().layers[place].units + by)) }),
{
class: "tool",
"aria-label": `${word} in layer ${place + 1}`,
"data-id": by > 0 ? `more-units-${place}` : `fewer-units-${place}`,
},
);
const activation = choiceControl({
label: `activation of layer ${place + 1}`,
field: `layers.${place}.activation`,
compact: true,
options: catalogue.activation.map(({ name }) => name),
value: layer.activation,
change: (name) => change({ activation: name }),
});
const options = button("Options", () => showSettings(open === place ? null : place), {
class: "tool",
"aria-label": `options of layer ${place + 1}`,
});
return element(
"div",
{ class: "column-head", "data-part": "layers" },
element(
"div",
{ class: "unit-steps" },
step(-1, "one unit less", "−"),
count,
step(1, "one unit more", "+"),
),
activation.element,
options,
);
}
function showSettings(place) {
open = place;
if (place === null) return refill(settings);
const layer = get().layers[place];
const change = (patch) =>
set({
layers: get().layers.map((each, index) => (index === place ? { ...each, ...patch } : each)),
});
const field = `layers.${place}`;
const choose = (kind, label, none) =>
choiceWithOptions({
catalogue,
kind,
label,
none,
field: `${field}.${kind}`,
compact: true,
value: layer[kind],
change: (value) => change({ [kind]: value }),
}).element;
return refill(
settings,
element(
"div",
{ class: "group", "aria-label": `options of layer ${place + 1}`, role: "group" },
element(
"div",
{ class: "row between" },
element("h3", {}, `Layer ${place + 1}`),
button("Close", () => showSettings(null), { class: "tool" }),
),
element(
"div",
{ class: "option-grid wide-options" },
choose("initializer", "initial weights"),
choose("regularizer", "regularizer", "none"),
choiceControl({
label: "normalisation",
field: `${field}.normalisation`,
compact: true,
options: NORMALISATIONS,
value: layer.normalisation,
change: (value) => change({ normalisation: value }),
}).element,
numberControl({
label: "dropout",
field: `${field}.dropout`,
compact: true,
low: 0,
high: 0.9,
step: 0.05,
value: layer.dropout,
change: (value) => change({ dropout: value }),
}).element,
),
),
);
}
function showWeights(column, unit) {
const frame = weights();
if (!frame) return;
open = null;
const kernel = frame.arrays[`kernel_${column}`];
const [rows, units] = frame.shapes[`kernel_${column}`];
const names =
column === 1
? get().features
: Array.from({ length: rows }, (_, index) => `unit ${index + 1}`);
const edit = (row) => (value) => act("edit", { layer: column - 1, unit, row, value });
const field = (label, row, value) =>
numberControl({
label,
field: "value",
compact: true,
slider: false,
value: Number(value.toPrecision(5)),
change: edit(row),
}).element;
refill(
settings,
element(
"div",
{ class: "group", role: "group", "aria-label": "weights of a unit", "data-id": "weights" },
element(
"div",
{ class: "row between" },
element(
"h3",
{},
column > get().layers.length
? "Weights of the output"
: `Weights of layer ${column}, unit ${unit + 1}`,
),
button("Close", () => refill(settings), { class: "tool" }),
),
element(
"div",
{ class: "option-grid" },
names.map((name, row) => field(name, row, kernel[row * units + unit])),
field("bias", null, frame.arrays[`bias_${column}`][unit]),
),
),
);
}
return {
element: element(
"section",
{ class: "network-box", "aria-label": "network", "data-part": "network" },
element("div", { class: "row" }, element("h3", {}, "Network"), more, fewer),
element("div", { class: "network-scroll" }, diagram.element),
settings,
),
update,
paint: diagram.paint,
};
}
return { newLayer, playgroundNetwork };
})();
const { usualState, settingsOf, speedOf, runBar } = (() => {
const usualState = () => ({
features: ["x", "y"],
optimizer: { name: "SGD", options: { learning_rate: 0.03 } },
loss: null,
batch: 10,
seed: 0,
stop: {},
other: null,
speed: "10",
showTest: false,
steps: false,
log: false,
});
function settingsOf({ catalogue, get, set }) {
const optimizer = choiceWithOptions({
catalogue,
kind: "optimizer",
label: "Optimizer",
field: "optimizer",
part: "optimizer",
leading: ["learning_rate", "momentum"],
value: get().optimizer,
change: (value) => set({ optimizer: value }),
});
const batch = numberControl({
label: "Batch",
field: "batch",
part: "batch",
low: 1,
high: 5000,
whole: true,
log: true,
explain: "Rows for one step.",
value: get().batch,
change: (value) => set({ batch: value }),
});
const loss = choiceWithOptions({
catalogue,
kind: "loss",
label: "Loss",
none: "the usual one",
field: "loss",
part: "loss",
value: get().loss,
change: (value) => set({ loss: value }),
});
const seed = seedControl(get().seed, (value) => set({ seed: value }));
const stop = (name, label, words) => {
const control = numberControl({
...words,
label,
field: `stop.${name}`,
optional: true,
slider: false,
compact: true,
value: get().stop[name] ?? null,
change: (value) => set({ stop: { ...get().stop, [name]: value } }),
});
return { element: control.element, update: (now) => control.set(now.stop[name] ?? null) };
};
const stops = [
stop("epochs", "epochs", { low: 1, high: 1e6, whole: true }),
stop("train_loss", "training loss below", { low: 0 }),
stop("test_loss", "test loss below", { low: 0 }),
stop("accuracy", "test accuracy above", { low: 0, high: 1 }),
];
const test = tickControl({
label: "show test points",
compact: true,
part: "test",
value: get().showTest,
change: (value) => set({ showTest: value }),
});
const steps = tickControl({
label: "two colours only",
compact: true,
part: "steps",
value: get().steps,
change: (value) => set({ steps: value }),
});
return {
element: element(
"div",
{ class: "side" },
group(
"Training",
{ "data-part": "training" },
optimizer.element,
batch.element,
loss.element,
seed.element,
),
group(
"Stop at",
{ "data-part": "stop" },
element(
"div",
{ class: "pairs" },
stops.map((each) => each.element),
),
),
group("Picture", { "data-part": "picture" }, test.element, steps.element),
),
update(now) {
optimizer.set(now.optimizer);
batch.set(now.batch);
loss.set(now.loss);
seed.set(now.seed);
test.set(now.showTest);
steps.set(now.steps);
for (const each of stops) each.update(now);
},
};
}
const SPEEDS = [
["1", "1 step a picture"],
["10", "10 steps a picture"],
["100", "100 steps a picture"],
["1000", "1000 steps a picture"],
["unlimited", "as fast as it can"],
];
function speedOf(speed) {
return speed === "unlimited" ? speed : Number(speed);
}
function runBar({ get, set, live, act, toggle, compare }) {
const play = button("▶", toggle, {
class: "play",
"aria-label": "train",
title: "train or pause (space)",
"data-id": "play",
});
const speed = choiceControl({
label: "speed",
compact: true,
part: "speed",
options: SPEEDS.map(([value, label]) => ({ value, label })),
value: get().speed,
change: (value) => set({ speed: value }),
});
const undo = button("Undo", () => act("undo"), {
title: "takes the last change back (u)",
"data-id": "undo",
});
const both = button("Compare", compare, {
"data-id": "compare",
title: "a second network keeps these settings and trains beside this one, on the same points",
});
const facts = element("p", { class: "run-facts-line", "data-id": "facts" });
const others = element("p", { class: "run-facts-line", "data-id": "other-facts", hidden: true });
const differ = element("p", { class: "run-facts-line", "data-id": "differences", hidden: true });
const box = element(
"div",
{ class: "run-bar", role: "group", "aria-label": "training", "data-part": "run" },
play,
button("Step", () => act("step"), { title: "one epoch (.)", "data-id": "step" }),
button("Start again", () => act("reset"), { title: "new weights (r)", "data-id": "reset" }),
undo,
both,
speed.element,
facts,
others,
differ,
);
return {
element: box,
update() {
play.textContent = live.running ? "❚❚" : "▶";
play.setAttribute("aria-label", live.running ? "pause" : "train");
undo.disabled = !live.state?.data.can_undo;
say(both, get().other ? "Compare no more" : "Compare");
speed.set(get().speed);
if (!live.progress) return;
const { data } = live.progress;
const other = get().other && data.other;
say(facts, `${other ? "this: " : ""}${factsOfProgress(data)}`);
others.hidden = !other;
if (other) {
const { differences } = live.state.data;
say(others, `compared: ${factsOfProgress(other)}`);
say(
differ,
differences.length
? `compared → this: ${differences.join("; ")}`
: "the settings are the same so far: change one, and train",
);
}
differ.hidden = !other;
},
};
}
function factsOfProgress({
epoch,
step,
train_loss: train,
test_loss: test,
scores,
steps_per_second: speed,
ended,
}) {
const parts = [`epoch ${epoch}${step ? ` + ${step} steps` : ""}`];
for (const [name, loss, score] of [
["training", train, scores.train],
["test", test, scores.test],
]) {
const words = [];
if (loss !== null && loss !== undefined) words.push(`loss ${shortNumber(loss, 3)}`);
if (typeof score?.accuracy === "number") words.push(`accuracy ${percent(score.accuracy)}`);
if (typeof score?.r2 === "number") words.push(`R² ${shortNumber(score.r2, 3)}`);
if (words.length) parts.push(`${name}: ${words.join(", ")}`);
}
if (speed) parts.push(`${shortNumber(Math.round(speed), 3)} steps a second`);
if (ended) parts.push(ended);
return parts.join(" · ");
}
return { usualState, settingsOf, speedOf, runBar };
})();
const { perceptron, nonLinearity, exclusiveOr, theLoss, initialWeights, overfitting, penalties, dropout, earlyStopping, batchNormalisation, biasAndVariance } = (() => {
const HIDDEN = ["stop", "loss", "batch", "picture"];
const NOISY = { name: "gauss", points: 300, noise: 0.5, share: 0.1, classes: 2, seed: 0 };
const ADAM = { name: "Adam", options: { learning_rate: 0.01 } };
const begin = (changes) => ({ ...usualState(), ...changes });
const made = (name) => ({ name, points: 500, noise: 0, share: 0.5, classes: 2, seed: 0 });
const wide = () => [
newLayer({ units: 16, activation: "relu" }),
newLayer({ units: 16, activation: "relu" }),
];
function isProgress(frame, memory, epochs = 1) {
if (frame?.kind !== "progress") return false;
if (frame.data.epoch === 0) memory.began = true;
return Boolean(memory.began) && frame.data.epoch >= epochs;
}
function accuracy(frame, part = "test") {
return frame.data.scores[part]?.accuracy ?? 0;
}
const perceptron = {
name: "perceptron",
title: "The perceptron",
view: "playground",
state: begin({ data: made("gauss"), layers: [] }),
hide: [...HIDDEN, "features", "findings", "confusion"],
text: [
"A single unit multiplies each input by a weight, adds a bias, and gives the probability of the second class.",
"Where this probability is a half, the map has a line: the boundary, which is always straight.",
"Training turns and moves it until as many points as possible are on the right side.",
],
task: "Train the network (the round button, or the space key) until the test accuracy is at least 97 %.",
because: "A straight line separates these two clouds.",
solved: (frame, _state, memory) => isProgress(frame, memory) && accuracy(frame) >= 0.97,
};
const nonLinearity = {
name: "non-linearity",
title: "Why activations must not be linear",
view: "playground",
state: begin({ data: made("circle"), layers: [newLayer({ activation: "linear" })] }),
hide: [...HIDDEN, "features", "findings", "confusion"],
text: [
"A layer without an activation multiplies and adds, and two such layers in a row make one of the same kind.",
"However many linear layers there are, the boundary stays a straight line.",
"An activation that bends, such as tanh or relu, lets each unit bend the plane.",
],
task: "Train once and see that it fails. Then choose another activation for the layer, and train to a test accuracy of at least 95 %.",
because: "Four bent units are enough to close a curve around the middle.",
solved: (frame, state, memory) =>
isProgress(frame, memory) &&
accuracy(frame) >= 0.95 &&
state.layers.some(({ activation }) => activation !== "linear"),
};
const exclusiveOr = {
name: "xor",
title: "Exclusive or",
view: "playground",
state: begin({ data: made("xor"), layers: [] }),
hide: [...HIDDEN, "features", "findings", "confusion"],
text: [
"The class is 1 where exactly one of the two inputs is positive.",
"No straight line separates these classes, so that a perceptron cannot learn them.",
"Units of a hidden layer each draw a line of their own, and the output combines them.",
],
task: "Add a hidden layer (+ layer), give it as many units as it needs, and train to a test accuracy of at least 90 %.",
because: "Each hidden unit cuts the plane once; the output joins the parts.",
solved: (frame, state, memory) =>
isProgress(frame, memory) && accuracy(frame) >= 0.9 && state.layers.length > 0,
};
const theLoss = {
name: "loss",
title: "The loss",
view: "playground",
state: begin({ data: made("circle"), layers: [newLayer()], log: true }),
hide: [...HIDDEN, "features", "findings"],
text: [
"The loss is what training makes small: for two classes it is minus the logarithm of the probability of the true class, on average.",
"Guessing gives log 2, which is 0.693; a class that is wrong with certainty costs without limit.",
"Accuracy only counts which side of a half each point is on, so it can rest at 100 % while the loss still falls.",
],
task: "Train until the training loss is below 0.1, and watch the accuracy on the way.",
because: "The loss went on falling after the accuracy had reached its best.",
solved: (frame, _state, memory) =>
isProgress(frame, memory) && frame.data.train_loss !== null && frame.data.train_loss < 0.1,
};
const initialWeights = {
name: "initial-weights",
title: "Initial weights",
view: "playground",
state: begin({
data: made("circle"),
layers: [0, 1].map(() => newLayer({ initializer: { name: "Zeros", options: {} } })),
}),
hide: [...HIDDEN, "features", "confusion"],
text: [
"If all weights begin at zero, all units of a layer compute the same and get the same gradient, for ever.",
"Random weights break this symmetry; their size decides whether signals vanish or explode from layer to layer.",
"Glorot's and He's rules choose the size by the number of inputs and outputs of the layer.",
],
task: "Train a little and see that nothing happens. Then open the options of each layer, choose other initial weights, and train to a test accuracy of at least 95 %.",
because: "Units that begin differently learn different things.",
solved: (frame, state, memory) =>
isProgress(frame, memory) &&
accuracy(frame) >= 0.95 &&
state.layers.every(({ initializer }) => initializer.name !== "Zeros"),
};
const overfitting = {
name: "overfitting",
title: "Over- and underfitting",
view: "playground",
state: begin({
data: NOISY,
layers: wide(),
optimizer: ADAM,
speed: "100",
showTest: true,
batch: 10,
}),
hide: [...HIDDEN, "features"],
text: [
"A network with too few units underfits: even the training points are wrong.",
"One with many units and few points overfits: the training loss falls towards zero while the test loss rises again.",
"More training points are the surest remedy.",
],
task: "Train for 300 epochs and see the test loss rise. Then set the share for training to 0.8 or more, start again, and train 200 epochs: the test loss must stay below 0.75.",
because: "With eight times as many points there is less room to learn the noise by heart.",
solved: (frame, state, memory) =>
isProgress(frame, memory, 200) && state.data.share >= 0.8 && frame.data.test_loss < 0.75,
};
const penalties = {
name: "l1-l2",
title: "L1 and L2",
view: "playground",
state: begin({ data: NOISY, layers: wide(), optimizer: ADAM, speed: "10", showTest: true }),
hide: [...HIDDEN, "features", "share"],
text: [
"A regularizer adds a penalty for large weights to the loss.",
"L2 adds their squares, which makes all of them smaller; L1 adds their absolute values, which makes many of them zero.",
"Small weights make smooth boundaries, which follow the noise less.",
],
task: "Open the options of both layers, choose L2, start again, and train 300 epochs: the test loss must be below 0.5.",
because: "The penalty keeps the boundary smooth, although there are few points.",
solved: (frame, state, memory) =>
isProgress(frame, memory, 300) &&
state.data.share <= 0.1 &&
state.layers.some(({ regularizer }) => regularizer) &&
frame.data.test_loss < 0.5,
};
const dropout = {
name: "dropout",
title: "Dropout",
view: "playground",
state: begin({ data: NOISY, layers: wide(), optimizer: ADAM, speed: "10", showTest: true }),
hide: [...HIDDEN, "features", "share"],
text: [
"Dropout leaves out a random part of the units in each training step.",
"No unit can then rely on one other unit alone, so that the network learns the same thing in several ways.",
"When the network predicts, all units take part.",
],
task: "Open the options of both layers, set dropout to about 0.5, start again, and train 300 epochs: the test loss must be below 0.8.",
because: "The network is an average of many smaller ones, and averages follow the noise less.",
solved: (frame, state, memory) =>
isProgress(frame, memory, 300) &&
state.data.share <= 0.1 &&
state.layers.some(({ dropout: share }) => share > 0) &&
frame.data.test_loss < 0.8,
};
const earlyStopping = {
name: "early-stopping",
title: "Early stopping",
view: "playground",
state: begin({ data: NOISY, layers: wide(), optimizer: ADAM, speed: "10", showTest: true }),
hide: ["loss", "batch", "picture", "features", "share", "confusion"],
text: [
"The test loss of a network that overfits falls first, and rises later.",
"Early stopping ends the training near the lowest point, which costs nothing and saves time.",
"Points that decide when to stop are no longer a fair test: for a report, a third part is needed.",
],
task: "Under Stop at, set a condition with which the training ends by itself at a test loss below 0.45.",
because: "It stopped before the noise was learned by heart.",
solved: (frame, _state, memory) =>
isProgress(frame, memory) &&
Boolean(frame.data.ended) &&
frame.data.ended !== "diverged" &&
frame.data.test_loss < 0.45,
};
const batchNormalisation = {
name: "batch-normalisation",
title: "Batch normalisation",
view: "playground",
state: begin({
data: made("circle"),
layers: Array.from({ length: 6 }, () => newLayer({ units: 6, activation: "sigmoid" })),
speed: "100",
}),
hide: [...HIDDEN, "features", "confusion"],
text: [
"In this deep network of sigmoids the signals of all points become nearly the same from layer to layer, and so do the gradients.",
"Batch normalisation brings the outputs of each unit to mean 0 and standard deviation 1 within the batch, and lets the network scale them again.",
"Then each layer gets signals of a size with which it can learn.",
],
task: "Train and see that the loss stays at 0.69. Then choose batch normalisation in the options of every layer, start again, and train to a test accuracy of at least 90 %.",
because: "Signals and gradients keep their size through all six layers.",
solved: (frame, state, memory) =>
isProgress(frame, memory) &&
accuracy(frame) >= 0.9 &&
state.layers.filter(({ normalisation }) => normalisation === "batch").length >= 3,
};
const biasAndVariance = {
name: "bias-variance",
title: "Bias and variance",
view: "playground",
state: begin({
data: made("spiral"),
layers: [newLayer({ units: 2 })],
optimizer: ADAM,
speed: "100",
}),
hide: [...HIDDEN, "confusion"],
text: [
"A training accuracy that is low means high bias: the network is too small, or trained too briefly.",
"A training accuracy that is high and a test accuracy that is much lower mean high variance: more points or a regularizer help.",
"Look at the training first: there is no point in more data while the bias is high.",
],
task: "This network has high bias. Change it until both the training and the test accuracy are at least 95 %.",
because:
"More units removed the bias, and there were points enough for the variance to stay small.",
solved: (frame, _state, memory) =>
isProgress(frame, memory) && accuracy(frame) >= 0.95 && accuracy(frame, "train") >= 0.95,
};
return { perceptron, nonLinearity, exclusiveOr, theLoss, initialWeights, overfitting, penalties, dropout, earlyStopping, batchNormalisation, biasAndVariance };
})();
const { LESSONS } = (() => {
const LESSONS = [
perceptron,
nonLinearity,
exclusiveOr,
theLoss,
gradientDescent,
rateTooBig,
rateTooSmall,
batches,
momentum,
adaptiveRates,
decay,
scaling,
initialWeights,
overfitting,
penalties,
dropout,
earlyStopping,
batchNormalisation,
biasAndVariance,
search,
];
return { LESSONS };
})();
const { lessonCard, openLesson, solvedLessons } = (() => {
const SOLVED = "steepest-studio-solved";
function lessonCard({ name, open, announce, state }) {
const index = LESSONS.findIndex((each) => each.name === name);
if (index < 0) return null;
const lesson = LESSONS[index];
const memory = {};
let solved = false;
const result = element("p", { class: "task-result", role: "status" }, "Not solved yet.");
const go = (place) => openLesson(LESSONS[place], open);
const card = element(
"section",
{ class: "lesson", "aria-label": `lesson ${index + 1}`, "data-lesson": name },
element(
"div",
{ class: "lesson-head" },
element("h2", {}, `${index + 1}. ${lesson.title}`),
element(
"div",
{ class: "row" },
index > 0 ? button("Previous", () => go(index - 1), { class: "tool" }) : null,
index + 1 < LESSONS.length ? button("Next", () => go(index + 1), { class: "tool" }) : null,
button("All lessons", () => open("lessons", {}), { class: "tool" }),
),
),
element("p", { class: "lesson-text" }, lesson.text.join(" ")),
element("p", { class: "task" }, element("strong", {}, "Task: "), lesson.task),
result,
);
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
return { lessonCard, openLesson, solvedLessons };
})();
const { mountedView } = (() => {
const LATE = 300;
function mountedView(view, page) {
const { store, root, transport, hello, theme, announce, failed, open, place, busy } = page;
const views = sliceOf(store, "views");
const state = sliceOf(views, view.name);
const card = store.get().lesson
? lessonCard({ name: store.get().lesson, hello, open, announce, state: () => state.get() })
: null;
let previous = null;
const observe = (frame) => card?.check(frame);
async function show(values) {
try {
showPython(root, (await transport.request(view.name, "python", values)).data.text);
} catch (error) {
failed(error);
}
}
const context = {
root,
state,
hello,
theme,
announce,
failed,
open,
transport,
isLesson: Boolean(card),
clear: (...names) => clearErrors(place, names),
showPython: show,
async ask(act, values) {
const late = setTimeout(() => {
busy.hidden = false;
}, LATE);
try {
const frame = await transport.request(view.name, act, values);
observe(frame);
return frame;
} finally {
clearTimeout(late);
if (!busy.hidden) busy.hidden = true;
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
hasPython: Boolean(shown.python),
showPython: () => show(shown.python()),
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
return { mountedView };
})();
const { watchTheme, lessMotion } = (() => {
const COLOR_NAMES = ["page", "panel", "text", "quiet", "line", "accent", "cold", "warm"];
const SERIES = 8;
function watchTheme(root, choice) {
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
function lessMotion() {
return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
return { watchTheme, lessMotion };
})();
const { gridMap, drawPoints } = (() => {
function gridMap({ title, file, content, describe, rows, ratio = 0.94 }) {
let scales = null;
const picture = createPicture({
title,
file,
height: (width) => Math.max(220, Math.min(width * ratio, window.innerHeight * 0.7)),
draw(pen, size) {
const shown = content();
const area = { left: 46, top: 8, right: size.width - 8, bottom: size.height - 38 };
scales = {
x: createScale(...shown.x, area.left, area.right),
y: createScale(...shown.y, area.bottom, area.top),
};
if (shown.grid) drawGrid(pen, area, shown);
drawAxes(pen, area, {
...scales,
xLabel: shown.xLabel ?? "x",
yLabel: shown.yLabel ?? "y",
colors: shown.colors,
});
if (shown.points)
pen.clip(area.left, area.top, area.right - area.left, area.bottom - area.top, () =>
drawPoints(pen, scales, shown),
);
},
describe,
rows,
});
return { ...picture, scales: () => scales };
}
function drawGrid(pen, area, shown) {
const { grid, side, classes, confidence, steps, colors } = shown;
const [width, height] = [area.right - area.left, area.bottom - area.top];
const many = classes > 2;
const image = many
? classBitmap(grid, confidence, side, colors)
: bitmapOf(
grid,
side,
side,
steps ? (value) => (value >= 128 ? 220 : 35) : (value) => value,
softTable(colors),
);
pen.image(canvasOf(image), area.left, area.top, width, height, !many);
const borders = many ? Array.from({ length: classes - 1 }, (_, index) => index + 0.5) : [127.5];
for (const level of shown.levels ?? borders) {
const ends = contourSegments(grid, side, side, level);
for (let index = 0; index < ends.length; index += 2) {
ends[index] = area.left + (ends[index] * width) / (side - 1);
ends[index + 1] = area.bottom - (ends[index + 1] * height) / (side - 1);
}
pen.segments(ends, { stroke: colors.text, width: 1.4, opacity: 0.8 });
}
}
function softTable(colors) {
const page = channels(colors.page);
return tableThrough([
mixed(channels(colors.cold), page, 0.35),
page,
mixed(channels(colors.warm), page, 0.35),
]);
}
function classBitmap(grid, confidence, side, colors) {
const page = channels(colors.page);
const image = new ImageData(side, side);
const own = colors.series.map(channels);
for (let row = 0; row < side; row += 1) {
for (let column = 0; column < side; column += 1) {
const place = row * side + column;
const share = confidence ? 0.75 - 0.5 * (confidence[place] / 255) : 0.45;
const color = mixed(own[grid[place] % own.length], page, share);
image.data.set([...color, 255], 4 * ((side - 1 - row) * side + column));
}
}
return image;
}
function drawPoints(pen, { x, y }, { points, labels, isTest, showTest, kinds, colors }) {
const table = signTable(colors);
const count = points.length / 2;
const radius = count > 600 ? 2.6 : 3.6;
for (let index = 0; index < count; index += 1) {
const test = isTest ? Boolean(isTest[index]) : false;
if (test && !showTest) continue;
const label = labels[index];
const color = kinds ? classColor(label, kinds, colors) : scoreColor(label, table);
const style = test
? { fill: color, stroke: colors.text, width: 1.2 }
: { fill: color, stroke: colors.page, width: 0.9 };
pen.marker(
kinds ? label : 0,
x.at(points[2 * index]),
y.at(points[2 * index + 1]),
radius,
style,
);
}
}
function classColor(label, classes, colors) {
if (classes > 2) return colors.series[label % colors.series.length];
return label ? colors.warm : colors.cold;
}
function scoreColor(value, table) {
const place = 3 * Math.max(0, Math.min(255, Math.round(127.5 * (value + 1))));
return `rgb(${table[place]} ${table[place + 1]} ${table[place + 2]})`;
}
return { gridMap, drawPoints };
})();
const { drawHistograms, describeHistograms } = (() => {
const LEFT = 64;
const LETTER = 6; // pixels of a letter, about
function drawHistograms(pen, size, { rows, colors, xLabel }) {
if (!rows.length) return;
const height = (size.height - 44) / rows.length;
const [low, high] = sharedRange(rows);
const x = createScale(low, high, LEFT, size.width - 14);
rows.forEach((row, index) => {
const bottom = 6 + (index + 1) * height;
const note = row.note ?? "";
const isLong = LETTER * (row.name.length + note.length + 2) > size.width - LEFT - 20;
const top = bottom - height + (note && isLong ? 34 : 20);
const most = row.counts.reduce((greatest, count) => Math.max(greatest, count), 0) || 1;
const points = [];
for (let bin = 0; bin < row.counts.length; bin += 1) {
const level = bottom - ((bottom - top) * row.counts[bin]) / most;
points.push(x.at(row.edges[bin]), level, x.at(row.edges[bin + 1]), level);
}
pen.polygon(
[x.at(row.edges[0]), bottom, ...points, x.at(row.edges[row.counts.length]), bottom],
{ fill: row.color, stroke: row.color, opacity: 0.75 },
);
pen.line([LEFT, bottom, size.width - 14, bottom], { stroke: colors.quiet });
const label = { color: colors.text, size: 11 };
if (note && isLong) {
pen.text(LEFT + 6, top - 23, row.name, label);
pen.text(LEFT + 6, top - 9, note, label);
} else pen.text(LEFT + 6, top - 9, row.name + (note && `: ${note}`), label);
if (row.expected) {
for (const edge of [-row.expected, row.expected]) {
pen.line([x.at(edge), top, x.at(edge), bottom], {
stroke: colors.text,
width: 1.5,
dash: [4, 3],
});
}
}
});
const area = { left: LEFT, right: size.width - 14, top: 6, bottom: 6 + rows.length * height };
const none = { ticks: () => [], at: () => 0 };
drawAxes(pen, area, { x, y: none, xLabel, yLabel: "", colors });
}
function sharedRange(rows) {
const low = Math.min(...rows.map(({ edges }) => edges[0]));
const high = Math.max(...rows.map(({ edges }) => edges[edges.length - 1]));
return low < high ? [low, high] : [low - 1, high + 1];
}
function describeHistograms(title, rows) {
const words = rows.map(
({ name, mean, deviation }) =>
`${name}: mean ${shortNumber(mean, 3)}, standard deviation ${shortNumber(deviation, 3)}`,
);
return `${title}. ${words.join("; ")}.`;
}
return { drawHistograms, describeHistograms };
})();
const { latestOnly, inOrder } = (() => {
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
function inOrder(send) {
let last = Promise.resolve();
return (name, values) => {
const next = async () => {
const given = typeof values === "function" ? values() : values;
return given === null ? null : send(name, given);
};
const answer = last.then(next, next);
last = answer;
return answer;
};
}
return { latestOnly, inOrder };
})();
const { drawChart, pointsOf, describeCurves, rowsOfCurves, mostShown } = (() => {
const LETTER = 7; // pixels of a letter, about
function drawChart(pen, size, chart) {
const { curves, colors } = chart;
const legend = legendRows(curves, size.width - 70);
const area = {
left: 64,
top: 10 + 18 * legend.length,
right: size.width - 12,
bottom: size.height - 42,
};
const x = createScale(...xRange(curves), area.left, area.right);
const y = createScale(...yRange(curves, chart), area.bottom, area.top, chart.log);
drawAxes(pen, area, { x, y, ...chart, grid: true });
pen.clip(area.left, area.top - 4, area.right - area.left + 4, area.bottom - area.top + 8, () => {
(chart.marks ?? []).forEach(({ place, text }, index) =>
drawMark(pen, area, x.at(place), text, colors, index),
);
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
const range = extent(
curves.map((curve) => curve.values),
log,
);
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
const across = (index) => x.at(places ? places[index] : index);
const put = (index) => points.push(across(index), heightOf(values[index]));
if (count <= 2 * columns) {
for (let index = 0; index < count; index += 1) put(index);
return points;
}
for (let index = 0; index < count; ) {
const column = Math.floor(across(index));
let [least, greatest] = [index, index];
for (; index < count && Math.floor(across(index)) === column; index += 1) {
if (values[index] < values[least]) least = index;
if (values[index] > values[greatest]) greatest = index;
}
put(Math.min(least, greatest));
if (least !== greatest) put(Math.max(least, greatest));
}
return points;
}
function drawMark(pen, area, place, text, colors, index) {
const width = LETTER * text.length;
const left = Math.max(area.left, Math.min(place + 4, area.right - width));
pen.line([place, area.top, place, area.bottom], { stroke: colors.quiet, dash: [1, 3] });
pen.text(left, area.top + 8 + 14 * (index % 6), text, { color: colors.quiet, size: 11 });
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
pen.line([left, middle, left + 14, middle], {
stroke: curve.color,
width: 2,
dash: curve.dash,
});
pen.marker(curve.shape, left + 7, middle, 4, { fill: curve.color, stroke: colors.page });
pen.text(left + 19, middle, curve.name, { color: colors.text });
}
});
}
function describeCurves(title, curves) {
const parts = curves.map(
({ name, values, last }) =>
`${name} ends at ${shortNumber(values[Math.min(values.length - 1, last ?? Infinity)])}`,
);
return `${title}. ${parts.length ? `${parts.join("; ")}.` : "No curve yet."}`;
}
function rowsOfCurves(curves, first) {
const longest = curves.reduce((most, { values }) => Math.max(most, values.length), 0);
const places = curves.find(
({ values, places: given }) => given && values.length === longest,
)?.places;
const body = Array.from({ length: longest }, (_, index) => [
places ? places[index] : index,
...curves.map(({ values }) => (index < values.length ? values[index] : null)),
]);
return { head: [first, ...curves.map(({ name }) => name)], body };
}
function mostShown(curves, log) {
const first = curves.reduce(
(most, { values }) => Math.max(most, values[0] ?? -Infinity),
-Infinity,
);
return first > 0 ? first * (log ? 1000 : 2) : Infinity;
}
return { drawChart, pointsOf, describeCurves, rowsOfCurves, mostShown };
})();
const { initialWeightsView } = (() => {
const DATA = ["moons", "circles", "spirals", "blobs", "digits", "normal"];
const NORMAL = (stddev) => ({ name: "RandomNormal", options: { stddev } });
const PRESETS = [
["zero", { name: "Zeros", options: {} }],
["too small", NORMAL(0.01)],
["too large", NORMAL(1)],
["Glorot", { name: "GlorotNormal", options: {} }],
["He", { name: "HeNormal", options: {} }],
["LeCun", { name: "LecunNormal", options: {} }],
["orthogonal", { name: "Orthogonal", options: {} }],
];
const SENT = ["data", "rows", "widths", "activation", "initializer", "optimizer", "steps", "seed"];
const initialWeightsView = {
name: "initial_weights",
title: "Initial weights",
keys: [],
initial: () => ({
data: "moons",
rows: 300,
widths: [32, 32, 32, 32, 32],
activation: "tanh",
initializer: { name: "GlorotNormal", options: {} },
optimizer: { name: "SGD", options: { learning_rate: 0.1 } },
steps: 0,
seed: 0,
}),
mount: mountInitialWeights,
};
function mountInitialWeights(context) {
const { state, theme, hello } = context;
const get = () => state.get();
const colors = () => theme.get().colors;
const live = { frame: null };
const facts = element("p", { class: "fact", role: "status", "data-id": "facts" });
const pictures = picturesOf(live, get, colors);
const controls = controlsOf({ state, catalogue: hello.catalogue });
const fetchLayers = latestOnly(
(given) => context.ask("layers", given),
(frame) => {
live.frame = frame;
context.clear(...SENT);
show();
context.announce(facts.textContent);
},
context.failed,
);
function show() {
if (live.frame) say(facts, factsOf(live.frame, get()));
pictures.map.element.hidden = !live.frame?.arrays.map;
pictures.loss.element.hidden = !live.frame?.arrays.losses.length;
for (const picture of Object.values(pictures)) picture.redraw();
}
const unwatch = theme.subscribe(show);
return {
element: element(
"div",
{ class: "initial-weights" },
element("div", { class: "side" }, controls.element),
element(
"div",
{ class: "main-column" },
facts,
pictures.activations.element,
pictures.gradients.element,
),
element(
"div",
{ class: "main-column" },
pictures.sizes.element,
pictures.map.element,
pictures.loss.element,
),
),
update(now, before) {
controls.update(now);
if (!before || SENT.some((name) => !same(now[name], before[name]))) fetchLayers(sentOf(now));
show();
},
python: () => ({ with: sentOf(get()) }),
close: unwatch,
};
}
function sentOf(state) {
return Object.fromEntries(SENT.map((name) => [name, state[name]]));
}
function factsOf({ data, arrays }, { steps }) {
const [first, last] = [arrays.deviations[0], arrays.deviations.at(-1)];
const when = steps ? `after ${steps} steps` : "before training";
return (
`Signals ${when}: standard deviation ${shortNumber(first, 3)} in the first layer and ` +
`${shortNumber(last, 3)} in the last; accuracy ${percent(data.accuracy)}.`
);
}
function histogramRows({ frame }, name, colors) {
if (!frame) return [];
const { arrays, data, shapes } = frame;
const bins = shapes[name][1];
const deviations = name === "gradients" ? arrays.gradient_deviations : arrays.deviations;
return data.names.map((layer, place) => {
const zeros = arrays.zeros[place];
const note =
`deviation ${shortNumber(deviations[place], 3)}` +
(name === "activations" && zeros > 0.01 ? `, ${percent(zeros)} zeros` : "");
return {
name: layer,
note,
mean: name === "gradients" ? 0 : arrays.means[place],
deviation: deviations[place],
expected: name === "activations" ? arrays.expected[place] : null,
color: colors.series[name === "gradients" ? 1 : 0],
counts: arrays[name].subarray(place * bins, (place + 1) * bins),
edges: arrays[`${name}_edges`].subarray(place * (bins + 1), (place + 1) * (bins + 1)),
};
});
}
function sizeCurves({ frame }, colors) {
if (!frame) return [];
const places = Float32Array.from(frame.data.names, (_, index) => index + 1);
const curve = (name, index, values, dash) => ({
name,
color: colors.series[index],
shape: index,
values,
places,
dash,
});
return [
curve("activations", 0, frame.arrays.deviations),
curve("activations by theory", 7, frame.arrays.expected, [4, 3]),
curve("gradients", 1, frame.arrays.gradient_deviations),
];
}
function picturesOf(live, get, colors) {
const histograms = (title, name, xLabel) => {
const rows = () => histogramRows(live, name, colors());
return createPicture({
title,
file: `initial_${name}`,
height: () =>
60 +
Math.min(90, Math.max(46, 560 / Math.max(1, rows().length))) * Math.max(1, rows().length),
draw: (pen, size) => drawHistograms(pen, size, { rows: rows(), colors: colors(), xLabel }),
describe: () => describeHistograms(title, rows()),
rows: () => ({
head: ["layer", "from", "to", "share"],
body: rows().flatMap((row) =>
[...row.counts].map((count, bin) => [
row.name,
row.edges[bin],
row.edges[bin + 1],
count,
]),
),
}),
});
};
const chart = (title, file, curves, words) =>
createPicture({
title,
file,
height: (width) => Math.max(200, Math.min(width * 0.55, 320)),
draw: (pen, size) => drawChart(pen, size, { curves: curves(), colors: colors(), ...words }),
describe: () => describeCurves(title, curves()),
rows: () => rowsOfCurves(curves(), words.xLabel),
});
const losses = () => {
const values = live.frame?.arrays.losses ?? [];
return values.length ? [{ name: "loss", color: colors().series[0], shape: 0, values }] : [];
};
return {
activations: histograms(
"Activations by layer",
"activations",
"activation (dashed: one standard deviation by theory)",
),
gradients: histograms(
"Gradients by layer",
"gradients",
"derivative of the loss by the activation",
),
sizes: chart("Standard deviation by layer", "initial_sizes", () => sizeCurves(live, colors()), {
log: true,
xLabel: "layer",
yLabel: "standard deviation",
}),
map: gridMap({
title: "Output",
file: "initial_output",
content: () => mapContent(live.frame, colors()),
describe: () =>
`Output of the network, ${live.frame ? percent(live.frame.data.accuracy) : "no"} accuracy.`,
rows: () => rowsOfMap(live.frame),
}),
loss: chart("Loss", "initial_loss", losses, {
log: false,
xLabel: "step",
yLabel: "loss",
least: 0,
}),
};
}
function mapContent(frame, colors) {
if (!frame?.arrays.map) return { x: [-1, 1], y: [-1, 1], colors };
const { map, x, y } = frame.arrays;
const { classes } = frame.data;
return {
grid: classes > 2 ? map : map.map((value) => 255 * value),
side: frame.shapes.map[0],
classes,
kinds: classes,
points: x,
labels: y,
x: frame.data.x,
y: frame.data.y,
colors,
};
}
function rowsOfMap(frame) {
const map = frame?.arrays.map;
if (!map) return { head: ["x", "y", "output"], body: [] };
const side = frame.shapes.map[0];
const at = ([low, high], place) => low + ((high - low) * place) / (side - 1);
const grid = [...map].map((value, index) => [
at(frame.data.x, index % side),
at(frame.data.y, Math.floor(index / side)),
value,
]);
return { head: ["x", "y", "output"], body: grid };
}
function controlsOf({ state, catalogue }) {
const get = () => state.get();
const set = (patch) => state.set(patch);
const known = new Set(catalogue.initializer.map(({ name }) => name));
const presets = element(
"div",
{ class: "row", role: "group", "aria-label": "usual choices" },
PRESETS.filter(([, { name }]) => known.has(name)).map(([label, initializer]) =>
button(label, () => set({ initializer }), { class: "tool", "data-id": `preset-${label}` }),
),
);
const choose = (kind, label, leading) =>
choiceWithOptions({
catalogue,
kind,
label,
field: kind,
leading,
value: get()[kind],
change: (value) => set({ [kind]: value }),
});
const initializer = choose("initializer", "Initial weights", ["stddev"]);
const optimizer = choose("optimizer", "Optimizer", ["learning_rate"]);
const data = choiceControl({
label: "Data",
field: "data",
options: DATA,
value: get().data,
change: (value) => set({ data: value }),
});
const activation = choiceControl({
label: "Activation",
field: "activation",
options: catalogue.activation.map(({ name }) => name),
value: get().activation,
change: (value) => set({ activation: value }),
});
const widths = textControl({
label: "Units of the hidden layers",
field: "widths",
explain: "Numbers with commas between them.",
value: get().widths.join(", "),
change(text) {
const values = text
.split(/[,;\s]+/)
.filter(Boolean)
.map(Number);
if (values.length && values.every((each) => Number.isInteger(each) && each > 0))
set({ widths: values });
else widths.wrong("whole numbers with commas between them were expected");
},
});
const steps = numberControl({
label: "Steps of training",
field: "steps",
low: 0,
high: 1000,
whole: true,
value: get().steps,
explain: "0 shows the network before training.",
change: (value) => set({ steps: value }),
});
const seed = seedControl(get().seed, (value) => set({ seed: value }));
return {
element: element(
"div",
{ class: "side" },
group("Initial weights", {}, presets, initializer.element, seed.element),
group("Network", {}, data.element, widths.element, activation.element),
group("Training", {}, steps.element, optimizer.element),
),
update(now) {
initializer.set(now.initializer);
optimizer.set(now.optimizer);
data.set(now.data);
activation.set(now.activation);
widths.set(now.widths.join(", "));
steps.set(now.steps);
seed.set(now.seed);
},
};
}
return { initialWeightsView };
})();
const { FIRST_PLANE, planeOf, planeControls, wordsOfTraining } = (() => {
const PLANES = [
{ value: "random", label: "two random directions" },
{ value: "weights", label: "two weights" },
{ value: "training", label: "path of a training" },
];
const WORDS = {
random: "Each unit moves as far as its own weights are large; the two directions are orthogonal.",
weights: "All other weights stay as they are.",
training:
"A copy with new weights is trained; the plane is that of the two first principal components of its path.",
};
const FIRST_PLANE = {
plane: "random",
weights: null,
extent: null,
rows: 1000,
seed: 0,
epochs: 20,
};
function planeOf({ plane }) {
return { ...FIRST_PLANE, ...plane };
}
function planeControls(context) {
const get = () => planeOf(context.state.get());
const set = (patch) =>
context.state.set({ plane: { ...get(), ...patch }, start: null, at: null });
const number = (name, given) =>
numberControl({
field: `surface.model.${name}`,
slider: false,
compact: true,
whole: true,
value: get()[name],
change: (value) => set({ [name]: value }),
...given,
});
const plane = choiceControl({
label: "Plane",
field: "surface.model.plane",
compact: true,
options: PLANES,
value: get().plane,
change: (value) => set({ plane: value }),
});
const parts = {
extent: number("extent", {
label: "Reach",
explain: "How far the plane goes from the model; empty for the usual.",
low: 1e-6,
high: 1e6,
whole: false,
optional: true,
}),
seed: number("seed", { label: "Seed of the plane", low: 0, high: 2 ** 24 }),
epochs: number("epochs", { label: "Epochs", low: 2, high: 500 }),
rows: number("rows", { label: "Rows", low: 1, high: 100000 }),
};
const words = element("p", { class: "explained" });
const pickers = element("div", { "data-field": "surface.model.weights" });
const wrong = errorLine();
pickers.showWrong = wrong.answered;
const numbers = Object.values(parts).map((each) => each.element);
const box = element(
"div",
{ class: "own", "data-id": "plane" },
plane.element,
words,
pickers,
wrong.element,
element("div", { class: "pairs" }, numbers),
);
let known = null;
let drawn = null;
async function ask() {
known = [];
try {
known = (await context.ask("weights", {})).data.weights;
} catch (error) {
context.failed(error);
}
if (known.length && !get().weights) set({ weights: firstTwo(known) });
else showPickers();
}
function showPickers() {
const { weights } = get();
if (!known?.length || !weights || same(drawn, weights)) return;
const isTyped = drawn && same(drawn.map(pathOf), weights.map(pathOf));
drawn = weights;
if (isTyped && pickers.contains(document.activeElement)) return;
const change = (place, name) =>
set({ weights: get().weights.map((each, at) => (at === place ? name : each)) });
refill(
pickers,
weights.map((name, place) =>
weightPicker(place ? "Upwards" : "Across", name, known, (next) => change(place, next)),
),
);
}
return {
element: box,
update(now) {
const shown = planeOf(now);
const kind = shown.plane;
plane.set(kind);
words.textContent = WORDS[kind];
for (const [name, control] of Object.entries(parts)) control.set(shown[name]);
pickers.hidden = kind !== "weights";
parts.epochs.element.hidden = kind !== "training";
parts.extent.element.hidden = kind === "training";
if (kind !== "weights") wrong.answered(null);
else if (known === null) ask();
else showPickers();
},
};
}
function pathOf(name) {
return name.replace(/\[[^\]]*\]$/, "");
}
function placeIn(name) {
return (name.match(/\[([^\]]*)\]$/)?.[1] ?? "0").split(",").map(Number);
}
function nameOf(path, place) {
return `${path}[${place.join(", ")}]`;
}
function firstTwo(known) {
const { path, shape } = known.find(({ shape: sizes }) => sizes.some((size) => size > 1)) ?? known[0];
const zero = shape.map(() => 0);
const axis = shape.findIndex((size) => size > 1);
if (axis < 0) return known.slice(0, 2).map((each) => nameOf(each.path, each.shape.map(() => 0)));
return [zero, zero.map((each, at) => (at === axis ? 1 : each))].map((at) => nameOf(path, at));
}
function weightPicker(label, name, known, change) {
const [path, place] = [pathOf(name), placeIn(name)];
const { shape } = known.find((each) => each.path === path) ?? known[0];
const axisName = (axis) =>
shape.length === 1 ? "unit" : shape.length === 2 ? ["row", "column"][axis] : `axis ${axis}`;
return element(
"div",
{ class: "weight-picker", role: "group", "aria-label": `${label}: a weight` },
choiceControl({
label,
options: known.map((each) => each.path),
value: path,
change: (next) =>
change(nameOf(next, known.find((each) => each.path === next).shape.map(() => 0))),
}).element,
element(
"div",
{ class: "pairs" },
shape.map(
(size, axis) =>
numberControl({
label: axisName(axis),
compact: true,
slider: false,
whole: true,
low: 0,
high: size - 1,
value: place[axis] ?? 0,
change(value) {
place[axis] = value;
change(nameOf(path, place));
},
}).element,
),
),
);
}
function wordsOfTraining({ data, arrays }) {
const [one, other] = data.explained;
const steps = arrays.steps.at(-1);
return (
`The line is a training of ${steps} steps, from □ to ●. The plane shows ${percent(one)} and ` +
`${percent(other)} of its squared distances from the end; it is at most ` +
`${shortNumber(data.residual, 3)} off the plane, and at most ${shortNumber(data.distance, 3)} from the end.`
);
}
return { FIRST_PLANE, planeOf, planeControls, wordsOfTraining };
})();
const { OWN, OF_MODEL, initialRows, surfaceOf, sentOf, looksOf, labelOf } = (() => {
const OWN = "own expression";
const OF_MODEL = "loss of the opened model";
function initialRows(hello) {
const wished = [
["SGD", 0.05, {}],
["SGD", 0.05, { momentum: 0.9 }],
["RMSprop", 0.05, {}],
["Adam", 0.1, {}],
];
const known = new Set(hello.catalogue.optimizer.map(({ name }) => name));
return wished
.filter(([name]) => known.has(name))
.map(([name, learning_rate, options]) => ({
name,
on: true,
options: { learning_rate, ...options },
}));
}
function surfaceOf(state) {
if (state.surface === OF_MODEL) return { model: planeOf(state) };
if (state.surface !== OWN) return state.surface;
return { expression: state.expression, x: state.x, y: state.y };
}
function sentOf({ name, options }) {
return { name, options };
}
function looksOf(rows, colors) {
const labels = rows.map(labelOf);
return rows.map((row, index) => ({
color: colors.series[index % colors.series.length],
shape: index % 8,
dash: index >= 8 ? [7, 4] : undefined,
label:
labels.indexOf(labels[index]) === labels.lastIndexOf(labels[index])
? labels[index]
: `${index + 1}: ${labels[index]}`,
}));
}
function labelOf({ name, options }) {
const momentum = options.momentum ? ` with momentum ${shortNumber(options.momentum)}` : "";
return `${name}${momentum}`;
}
return { OWN, OF_MODEL, initialRows, surfaceOf, sentOf, looksOf, labelOf };
})();
const { landscapeControls } = (() => {
function landscapeControls(context, { startOf }) {
const { state } = context;
const get = () => state.get();
const { opened, surfaces } = context.hello;
const hasLoss = Boolean(opened.model && opened.data?.target);
const names = [...surfaces, ...(hasLoss ? [OF_MODEL] : []), OWN];
const surface = choiceControl({
label: "Surface",
field: "surface",
part: "surface",
explain: "What the optimizers descend on.",
options: names,
value: get().surface,
change: (name) => state.set({ surface: name, start: null, at: null }),
});
const expression = textControl({
label: "Height",
field: "surface.expression",
part: "surface",
explain: "Of x and y, with + - * / ^ and functions such as sin, exp, sqrt, abs, log, tanh.",
value: get().expression,
change: (text) => state.set({ expression: text, start: null }),
});
const bound = (axis, place, word) =>
numberControl({
label: `${word} ${axis}`,
field: `surface.${axis}`,
compact: true,
slider: false,
value: get()[axis][place],
change(value) {
const range = [...get()[axis]];
range[place] = value;
if (range[0] < range[1]) state.set({ [axis]: range, start: null });
},
});
const bounds = [
bound("x", 0, "least"),
bound("x", 1, "greatest"),
bound("y", 0, "least"),
bound("y", 1, "greatest"),
];
const own = element(
"div",
{ class: "own" },
expression.element,
element(
"div",
{ class: "pairs" },
bounds.map((each) => each.element),
),
);
const plane = planeControls(context);
const formula = element("p", { class: "formula", "data-id": "formula" });
const move = (place) => (value) => {
const point = [...(startOf() ?? [0, 0])];
point[place] = value;
state.set({ start: point });
};
const start = ["x", "y"].map((axis, place) =>
numberControl({
label: `Start ${axis}`,
field: `start.${place}`,
part: "start",
compact: true,
slider: false,
value: null,
change: move(place),
}),
);
const steps = numberControl({
label: "Steps",
field: "steps",
part: "steps",
explain: "How often each optimizer moves.",
low: 1,
high: 2000,
whole: true,
log: true,
value: get().steps,
change: (value) => state.set({ steps: value, at: null }),
});
const noise = numberControl({
label: "Noise",
field: "noise",
part: "noise",
low: 0,
high: 10,
step: 0.05,
explain: "Random numbers added to each gradient, as small batches do.",
value: get().noise,
change: (value) => state.set({ noise: value }),
});
const seed = seedControl(get().seed, (value) => state.set({ seed: value }), 1e6);
const basins = element("div", { "data-part": "basins" });
const log = tickControl({
label: "logarithmic heights",
compact: true,
value: get().log,
change: (value) => state.set({ log: value }),
});
let offered = null;
function showStart() {
const point = startOf();
start.forEach((control, place) =>
control.set(point ? Number(point[place].toPrecision(6)) : null),
);
}
return {
formula,
elements: [
group("Surface", {}, surface.element, own, plane.element, formula),
group(
"Paths",
{},
element(
"div",
{ class: "pairs" },
start.map((each) => each.element),
),
steps.element,
noise.element,
seed.element,
),
group(
"Basins",
{ "data-part": "basins" },
basins,
element("p", { class: "explained" }, "Colours each start by where its path ends."),
),
],
below: log.element,
range: showStart,
update(now) {
surface.set(now.surface);
own.hidden = now.surface !== OWN;
plane.element.hidden = now.surface !== OF_MODEL;
if (now.surface === OF_MODEL) plane.update(now);
expression.set(now.expression);
bounds.forEach((control, index) => control.set(now[index < 2 ? "x" : "y"][index % 2]));
showStart();
steps.set(now.steps);
noise.set(now.noise);
seed.set(now.seed);
log.set(now.log);
const choices = [
{ value: "", label: "none" },
...now.optimizers.map((row, index) => ({
value: String(index),
label: `${index + 1}: ${labelOf(row)}`,
})),
];
const wanted = JSON.stringify([choices, now.basins]);
if (wanted !== offered) {
offered = wanted;
const control = choiceControl({
label: "Map of",
field: "optimizer",
compact: true,
options: choices,
value: now.basins === null ? "" : String(now.basins),
change: (value) => state.set({ basins: value === "" ? null : Number(value) }),
});
refill(basins, control.element);
}
},
};
}
return { landscapeControls };
})();
const { optimizerTable, shortResult } = (() => {
const MOST = 24;
function optimizerTable({ catalogue, get, set, looks }) {
const body = element("tbody");
const names = catalogue.optimizer.map(({ name }) => name);
const add = element(
"select",
{ "aria-label": "add an optimizer" },
element("option", { value: "" }, "Add an optimizer …"),
names.map((name) => element("option", { value: name }, name)),
);
add.addEventListener("change", () => {
if (add.value && get().length < MOST)
set([...get(), { name: add.value, options: {}, on: true }]);
add.value = "";
});
const heads = ["", "Optimizer", "Learning rate", "Schedule", "Result", ""];
const table = element(
"table",
{ class: "optimizers" },
element(
"thead",
{},
element(
"tr",
{},
heads.map((head) => element("th", { scope: "col" }, head)),
),
),
body,
);
let drawn = [];
const change = (index, patch) =>
set(get().map((row, place) => (place === index ? { ...row, ...patch } : row)));
function update() {
const rows = get();
const shape = JSON.stringify(rows.map((row) => [row.name, scheduleOf(row)?.name]));
if (drawn.shape !== shape) {
drawn = rows.map((row, index) =>
optimizerRow(row, index, {
catalogue,
change,
get,
remove: () => set(get().filter((_, place) => place !== index)),
}),
);
drawn.shape = shape;
refill(body, drawn.map((row) => row.elements).flat());
}
const styles = looks(rows);
rows.forEach((row, index) => drawn[index].show(row, styles[index]));
add.disabled = rows.length >= MOST;
}
return {
element: element(
"section",
{ class: "group wide", "aria-label": "Optimizers", "data-part": "optimizers" },
element("div", { class: "table-scroll" }, table),
add,
),
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
const rate = numberControl({
label: `${row.name}: learning rate`,
field: `${field}.options.learning_rate`,
low: 1e-4,
high: 10,
open: true,
log: true,
compact: true,
value: rateOf(catalogue, row),
change: (value) => set(withRate(catalogue, get()[index], value)),
});
const schedule = choiceControl({
label: `${row.name}: schedule`,
field: `${field}.schedule`,
compact: true,
options: [{ value: "", label: "constant" }, ...catalogue.schedule.map(({ name }) => name)],
value: scheduleOf(row)?.name ?? "",
change: (name) => set(withSchedule(catalogue, get()[index], name)),
});
const result = element("span", { class: "result" });
const name = element("th", { scope: "row", title: known.summary }, row.name);
const more = element("td", { colspan: 6, id: uniqueId("options") });
const folded = element("tr", { class: "folded", hidden: true }, more);
const options = button(
"Options",
() => {
folded.hidden = !folded.hidden;
options.setAttribute("aria-expanded", String(!folded.hidden));
if (!more.hasChildNodes()) {
more.append(
...foldedOptions(catalogue, known, row, field, { now: () => get()[index], set }),
);
}
},
{
class: "tool",
"aria-expanded": "false",
"aria-controls": more.id,
"aria-label": `options of ${row.name}`,
},
);
const cell = (label, ...children) => element("td", { "data-label": label }, children);
const main = element(
"tr",
{},
cell("", element("span", { class: "tick-cell" }, tick, swatch)),
name,
cell("rate", rate.element),
cell("schedule", schedule.element),
cell("result", result),
cell(
"",
options,
" ",
button("×", remove, { class: "tool", "aria-label": `remove ${row.name}` }),
),
);
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
const parts = [
element(
"div",
{ class: "option-grid" },
optionControls(others, {
catalogue,
values,
field: `${field}.options`,
change(options) {
const rate = now().options.learning_rate;
set(rate === undefined ? options : { learning_rate: rate, ...options });
},
}),
),
];
const schedule = scheduleOf(row);
const shape = catalogue.schedule.find(({ name }) => name === schedule?.name);
if (!shape) return parts;
const own = rateName(shape);
const change = (options) => {
const rate = scheduleOf(now()).options[own];
const whole = own && rate !== undefined ? { [own]: rate, ...options } : options;
set({ ...now().options, learning_rate: { name: shape.name, options: whole } });
};
return [
...parts,
element("h4", {}, `options of ${shape.name}`),
element(
"div",
{ class: "option-grid" },
optionControls(
shape.options.filter(({ name }) => name !== own),
{
catalogue,
values: schedule.options,
field: `${field}.options.learning_rate.options`,
change,
},
),
),
];
}
function scheduleOf({ options }) {
return options.learning_rate && typeof options.learning_rate === "object"
? options.learning_rate
: null;
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
return own
? (schedule.options[own] ?? shape.options.find(({ name }) => name === own).default)
: null;
}
const known = catalogue.optimizer.find(({ name }) => name === row.name);
const usual = known?.options.find(({ name }) => name === "learning_rate")?.default;
return row.options.learning_rate ?? (typeof usual === "number" ? usual : null);
}
function withRate(catalogue, row, rate) {
const schedule = scheduleOf(row);
const own = schedule && rateName(catalogue.schedule.find(({ name }) => name === schedule.name));
if (!own) return { ...row.options, learning_rate: rate };
return {
...row.options,
learning_rate: { name: schedule.name, options: { ...schedule.options, [own]: rate } },
};
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
for (let place = 0; place < flat.length; place += 2)
points.push(`${flat[place]},${flat[place + 1]}`);
refill(
swatch,
vector("line", {
x1: -12,
x2: 12,
y1: 0,
y2: 0,
stroke: color,
"stroke-width": 2.4,
"stroke-dasharray": dash?.join(" "),
}),
vector("polygon", { points: points.join(" "), fill: color }),
);
swatch.setAttribute("data-shape", SHAPES[shape % SHAPES.length][0]);
}
function shortResult({ last, diverged }) {
return diverged === null
? { text: shortNumber(last, 3), bad: false }
: { text: `diverged at step ${diverged}`, bad: true };
}
return { optimizerTable, shortResult };
})();
const { createPlayer } = (() => {
const SECONDS = 6;
const SLOW = 250;
function createPlayer({
count,
get,
show,
word,
seconds = () => SECONDS,
all: ending = "Whole paths",
first = 0,
}) {
let playing = false;
let before = 0;
let place = 0;
const play = button("▶", toggle, { class: "play", "aria-label": word, title: `${word} (space)` });
const one = button("Step", step, { title: "one step (.)" });
const back = button("Start", rewind, { title: "back to the start (r)" });
const all = button(
ending,
() => {
stop();
show(null);
},
{ title: "show the end" },
);
const slider = element("input", {
type: "range",
class: "slide",
min: 0,
step: 1,
"aria-label": "step shown",
});
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
place += (count() * Math.min(passed, 2 * SLOW)) / (1000 * seconds());
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
slider.setAttribute("aria-valuetext", `step ${now + first} of ${count() + first}`);
say(label, `step ${now + first} of ${count() + first}`);
}
update();
const bar = element(
"div",
{ class: "player", role: "group", "aria-label": word, "data-part": "player" },
play,
one,
back,
all,
slider,
label,
);
return { element: bar, toggle, step, rewind, stop, update };
}
return { createPlayer };
})();
const { pointHandle } = (() => {
function pointHandle({ overlay, stage, label, name, scales, get, move }) {
const ring = vector("circle", { r: 9, class: "handle" });
const reach = vector("circle", { r: 22, class: "handle-reach" });
const handle = vector(
"g",
{
tabindex: 0,
role: "slider",
"aria-label": label,
"data-handle": name,
"aria-valuemin": 0,
"aria-valuemax": 1,
"aria-valuenow": 0,
class: "handle-group",
},
reach,
ring,
);
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
const direction = {
ArrowLeft: [-1, 0],
ArrowRight: [1, 0],
ArrowUp: [0, 1],
ArrowDown: [0, -1],
}[event.key];
if (!found || !direction) return;
event.preventDefault();
const [x, y] = get();
const part = (event.shiftKey ? 10 : 1) / 200;
move(
inside(
[
x + direction[0] * part * (found.x.high - found.x.low),
y + direction[1] * part * (found.y.high - found.y.low),
],
found,
),
);
});
return { place };
}
function inside([x, y], scales) {
const cut = (value, { low, high }) => Number(Math.min(high, Math.max(low, value)).toPrecision(5));
return [cut(x, scales.x), cut(y, scales.y)];
}
return { pointHandle };
})();
const { landscape } = (() => {
const POINTS = 128;
const COARSE = 13; // points a side of a model's loss that are shown first
const FINE = 51;
const PARTS = 8; // of a basin map and of a model's loss, so that paths are answered in between
const STARTS = { points: 64, parts: PARTS };
const STARTS_OF_MODEL = { points: 20, parts: 20 };
const landscape = {
name: "landscape",
title: "Landscape",
keys: [
["space", "play or pause the race"],
[".", "one step"],
["r", "back to the start"],
],
initial: (hello) => ({
surface: "ravine",
plane: FIRST_PLANE,
expression: "x^2 + 3*y^2",
x: [-2, 2],
y: [-2, 2],
start: null,
steps: 200,
noise: 0,
seed: 0,
optimizers: initialRows(hello),
basins: null,
log: true,
at: null,
}),
mount: mountLandscape,
};
function startsOf({ surface }) {
return surface === OF_MODEL ? STARTS_OF_MODEL : STARTS;
}
function withPart(given, part) {
return { ...given, sent: { ...given.sent, part } };
}
function mountLandscape(context) {
const { state, theme } = context;
const content = {
map: null,
paths: null,
basins: null,
training: null,
rows: [],
at: null,
colors: theme.get().colors,
name: "",
start: null,
};
const get = () => state.get();
const startOf = () => get().start ?? content.map?.data.start ?? null;
const on = () =>
get()
.optimizers.map((row, index) => ({ row, index }))
.filter(({ row }) => row.on);
const map = landscapeMap(content);
const chart = createPicture(chartOf(content, get));
const handle = pointHandle({
overlay: map.overlay,
stage: map.stage,
label: "start of the paths",
name: "start",
scales: map.scales,
get: () => startOf() ?? [0, 0],
move: (point) => state.set({ start: point }),
});
const table = optimizerTable({
catalogue: context.hello.catalogue,
get: () => get().optimizers,
set: (optimizers) => state.set({ optimizers }),
looks: (rows) => looksOf(rows, content.colors),
});
const player = createPlayer({
word: "race",
count: () => get().steps,
get: () => get().at,
show: (at) => state.set({ at }),
});
const controls = landscapeControls(context, { startOf });
const limit = element("p", { class: "fact", "data-part": "limit", "data-id": "limit" });
const ends = element("p", {
class: "fact",
"data-part": "basins",
"data-id": "basins",
hidden: true,
});
const trained = element(
"p",
{ class: "fact", "data-id": "training-words", role: "status" },
);
const trainedPython = button(
"Show the Python",
() => context.showPython({ of: "training", with: { surface: surfaceOf(get()) } }),
{ class: "tool quiet-button", "aria-label": "Show the Python: path of the training" },
);
const training = element("div", { hidden: true }, trained, trainedPython);
let mapped = null;
const fetchMap = latestOnly(
(given) => context.ask("map", given),
(frame, given) => {
if (given !== mapped) return;
const isFirst = !given.part;
if (isFirst) showSurface(frame);
if (isFirst || frame.data.done === 1) {
content.map = frame;
map.reground();
}
if (isFirst) askPaths();
if (get().surface === OF_MODEL && frame.data.done < 1 + Number(isFirst)) {
const part = (given.part ?? 0) + 1;
fetchMap((mapped = { surface: given.surface, points: FINE, parts: PARTS, part }));
}
},
failed,
);
const fetchTraining = latestOnly(
(given) => context.ask("training", given),
(frame, { surface }) => {
if (!same(surface, surfaceOf(get()))) return;
content.training = frame;
training.hidden = false;
say(trained, wordsOfTraining(frame));
map.reground();
},
failed,
);
function showSurface(frame) {
const { formula, note } = frame.data;
content.map = frame;
context.clear("surface");
controls.range(frame.data);
const none = frame.data.low === null ? "; no height here is a finite number" : "";
say(controls.formula, formula ? `height = ${formula}${note ? `, on ${note}` : ""}${none}` : none);
}
const fetchPaths = latestOnly(
(given) => context.ask("paths", given.sent),
(frame, given) => {
content.paths = frame;
content.rows = given.looks;
content.start = given.start;
context.clear("optimizers", "start", "steps", "noise", "seed");
showResults(frame, given);
redraw();
},
failed,
);
const fetchBasins = latestOnly(
(given) => context.ask("basins", given.sent),
(frame, given) => {
if (given !== asked) return;
content.basins = Object.assign(frame, { x: given.x, y: given.y });
context.clear("optimizer");
showEnds(frame, given);
map.reground();
if (given.sent.part < given.sent.parts) fetchBasins((asked = withPart(given, given.sent.part + 1)));
},
failed,
);
let asked = null;
function failed(error) {
const own = error.field === "surface" && get().surface === OWN;
context.failed(
own
? new Refused(error.message.replace("surface: expression: ", ""), "surface.expression")
: error,
);
}
function askMap() {
const { surface, expression, plane } = get();
content.name = surface === OWN ? `the expression ${expression}` : surface;
const isOfModel = surface === OF_MODEL;
content.training = null;
training.hidden = true;
mapped = { surface: surfaceOf(get()), points: isOfModel ? COARSE : POINTS };
fetchMap(mapped);
if (isOfModel && plane.plane === "training") fetchTraining({ surface: mapped.surface });
}
function askPaths() {
const start = startOf();
if (!start) return;
const { steps, noise, seed, optimizers } = get();
const chosen = on();
const looks = chosen.map(({ index }) => looksOf(optimizers, content.colors)[index]);
fetchPaths({
looks,
start,
steps,
places: chosen.map(({ index }) => index),
sent: {
surface: surfaceOf(get()),
start,
steps,
noise,
seed,
optimizers: chosen.map(({ row }) => sentOf(row)),
},
});
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
const sent = {
surface: surfaceOf(get()),
optimizer: sentOf(row),
...startsOf(get()),
steps: get().steps,
};
fetchBasins((asked = withPart({ x, y, label: labelOf(row), sent }, 1)));
}
}
function showResults(frame, given) {
const texts = new Map();
given.places.forEach((place, index) => texts.set(place, shortResult(resultOf(frame, index))));
table.results(texts);
const { limit: most } = frame.data;
say(
limit,
most === null || most === undefined
? "No stability limit at this start: the surface curves upwards in no direction there."
: `Stability limit at this start: above the rate ${shortNumber(most)} (2 / largest curvature) the steps of gradient descent grow.`,
);
const words = given.places.map(
(_, index) => `${given.looks[index].label}: ${resultOf(frame, index).text}`,
);
context.announce(words.slice(0, 4).join("; "));
}
function showEnds(frame, { label, sent }) {
const shares = frame.data.shares ?? [];
const words = shares.map((share, index) => {
const [x, y] = frame.arrays.ends.slice(2 * index, 2 * index + 2);
return `${percent(share)} end near (${shortNumber(x, 3)}, ${shortNumber(y, 3)})`;
});
say(ends, `${label}, from ${sent.points} × ${sent.points} starts: ${words.join(", ") || "no common end"}.`);
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
if (changed("optimizers")) table.update();
if (
changed("surface") ||
(now.surface === OWN && changed("expression", "x", "y")) ||
(now.surface === OF_MODEL && changed("plane"))
)
askMap();
else if (changed("start", "steps", "noise", "seed", "optimizers")) askPaths();
if (
changed("basins", "surface") ||
(now.basins !== null && changed("optimizers", "steps", "expression", "plane"))
)
askBasins();
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
element: element(
"div",
{ class: "landscape" },
element("div", { class: "side" }, controls.elements),
element("div", { class: "main-picture" }, map.element, player.element, training, limit, ends),
element("div", { class: "second-picture" }, chart.element, controls.below),
table.element,
),
update,
keydown(event) {
const act = { " ": player.toggle, ".": player.step, r: player.rewind }[event.key];
if (act) act();
return Boolean(act);
},
python: () => ({
of: "paths",
with: {
surface: surfaceOf(get()),
start: startOf(),
steps: get().steps,
noise: get().noise,
seed: get().seed,
optimizers: on().map(({ row }) => sentOf(row)),
},
}),
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
return content.rows.map((row, index) => ({
name: row.label,
color: row.color,
shape: row.shape,
dash: row.dash,
values: content.paths.arrays.values.subarray(index * count, (index + 1) * count),
last: content.at ?? undefined,
}));
};
return {
title: "Height at each step",
file: "heights",
height: (width) => Math.max(220, Math.min(width * 0.62, 460)),
draw: (pen, size) =>
drawChart(pen, size, {
curves: curves(),
log: get().log,
xLabel: "step",
yLabel: get().log ? "height (logarithmic)" : "height",
colors: content.colors,
cursor: content.at,
most: mostShown(curves(), get().log),
}),
describe: () => describeCurves("Height at each step", curves()),
rows: () => rowsOfCurves(curves(), "step"),
};
}
return { landscape };
})();
const { lessons } = (() => {
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
return element(
"li",
{},
button(`${index + 1}. ${lesson.title}`, () => openLesson(lesson, open), {
class: "lesson-link",
disabled: !there,
"data-lesson": lesson.name,
}),
element("span", { class: "lesson-about" }, lesson.text[0]),
element("span", { class: "solved-mark" }, mark),
);
});
return {
element: element(
"div",
{ class: "lessons" },
element(
"p",
{},
"Each lesson is a state of a view, with a task that the page checks. They follow the order of the courses.",
),
element("ol", {}, items),
),
update() {},
};
}
return { lessons };
})();
const { microscopeControls } = (() => {
const MOST_LAYERS = 6;
function microscopeControls({ state, catalogue }) {
const get = () => state.get();
const numbers = (name, label, explain) => {
const control = textControl({
label,
field: name,
explain,
value: get()[name].join(", "),
change(text) {
const values = text
.split(/[,;\s]+/)
.filter(Boolean)
.map((each) => Number(each.replace("\u2212", "-")));
if (values.length && values.every(Number.isFinite)) state.set({ [name]: values });
else control.wrong("numbers with commas between them were expected");
},
});
return { element: control.element, update: (now) => control.set(now[name].join(", ")) };
};
const inputs = numbers("inputs", "Inputs", "One row, its numbers separated by commas.");
const targets = numbers("targets", "Targets", "One number for each output.");
const layers = element("div", { class: "side" });
const rate = numberControl({
label: "Learning rate",
field: "rate",
low: 0,
high: 1000,
slider: false,
compact: true,
value: get().rate,
change: (value) => state.set({ rate: value }),
});
const seed = seedControl(get().seed, (value) => state.set({ seed: value }));
const choose = (kind, label) =>
choiceWithOptions({
catalogue,
kind,
label,
field: kind,
compact: true,
value: get()[kind],
change: (value) => state.set({ [kind]: value }),
});
const [loss, initializer] = [choose("loss", "Loss"), choose("initializer", "Initial weights")];
let shown = null;
function rowOf(layer, place) {
const change = (patch) =>
state.set({
layers: get().layers.map((each, index) => (index === place ? { ...each, ...patch } : each)),
at: 0,
});
return element(
"div",
{ class: "pairs" },
numberControl({
label: `units of layer ${place + 1}`,
field: `layers.${place}.units`,
low: 1,
high: 16,
whole: true,
slider: false,
compact: true,
value: layer.units,
change: (units) => change({ units }),
}).element,
choiceControl({
label: "activation",
field: `layers.${place}.activation`,
compact: true,
options: catalogue.activation.map(({ name }) => name),
value: layer.activation,
change: (activation) => change({ activation }),
}).element,
);
}
const more = button(
"+ layer",
() => state.set({ layers: [{ units: 2, activation: "tanh" }, ...get().layers], at: 0 }),
{ class: "tool" },
);
const fewer = button("− layer", () => state.set({ layers: get().layers.slice(1), at: 0 }), {
class: "tool",
});
return {
element: element(
"div",
{ class: "side" },
group("Row", {}, inputs.element, targets.element),
group(
"Network",
{ "data-field": "layers" },
layers,
element("div", { class: "row" }, more, fewer),
initializer.element,
seed.element,
),
group("Training", {}, loss.element, rate.element),
),
update(now) {
inputs.update(now);
targets.update(now);
rate.set(now.rate);
seed.set(now.seed);
loss.set(now.loss);
initializer.set(now.initializer);
more.disabled = now.layers.length >= MOST_LAYERS;
fewer.disabled = now.layers.length < 2;
const shape = now.layers.length;
if (shape !== shown) refill(layers, now.layers.map(rowOf));
shown = shape;
},
};
}
return { microscopeControls };
})();
const { microscope } = (() => {
const SECONDS_PER_STEP = 1.25;
const SENT = ["inputs", "targets", "layers", "loss", "initializer", "seed", "rate"];
const PHASES = { forward: "Forward", backward: "Backward", update: "Update" };
const microscope = {
name: "microscope",
title: "Microscope",
keys: [
["space", "slow motion, or pause"],
[".", "one step"],
[",", "one step back"],
["r", "back to the start"],
],
initial: () => ({
inputs: [1, 0.5],
targets: [1],
layers: [
{ units: 2, activation: "tanh" },
{ units: 1, activation: "sigmoid" },
],
loss: { name: "MeanSquaredError", options: {} },
initializer: { name: "GlorotUniform", options: {} },
seed: 0,
rate: 0.1,
at: 0,
}),
mount: mountMicroscope,
};
function mountMicroscope(context) {
const { state, hello } = context;
const get = () => state.get();
let frame = null;
let steps = [];
const current = element("section", {
class: "group current-step",
"aria-live": "off",
"data-id": "step",
});
const arrays = element("div", { class: "arrays", "data-id": "arrays" });
const save = element(
"p",
{ class: "row" },
button("CSV", () => frame && saveNumbers("steepest_microscope", rowsOfArrays(frame)), {
class: "tool",
"aria-label": "save all numbers as CSV",
}),
);
const player = createPlayer({
word: "slow motion",
count: () => Math.max(1, steps.length - 1),
get: () => get().at,
show: (at) => state.set({ at }),
seconds: () => SECONDS_PER_STEP * steps.length,
all: "Last step",
first: 1,
});
const controls = microscopeControls({ state, catalogue: hello.catalogue });
const fetchRow = latestOnly(
(given) => context.ask("row", given),
(answer) => {
frame = answer;
steps = stepsOf(frame);
context.clear(...SENT);
show();
},
context.failed,
);
function show() {
player.update();
if (!frame) return;
const at = Math.min(get().at ?? steps.length - 1, steps.length - 1);
const step = steps[at];
refill(
current,
element("h3", {}, PHASES[step.phase]),
element("p", { class: "step-formula" }, step.formula),
element("div", { class: "matrices" }, [
...step.reads
.filter((name) => name in frame.arrays)
.map((name) => matrix(frame, name, "read")),
resultOfStep(frame, step),
]),
element(
"ul",
{ class: "in-numbers" },
inNumbers(frame, step, get().rate).map((line) => element("li", {}, line)),
),
);
const known = new Set([
"a_0",
"targets",
...Object.keys(frame.arrays).filter((name) => /^[wb]_/.test(name)),
...steps.slice(0, at + 1).map(({ name }) => name),
]);
refill(
arrays,
layersOf(frame).map((names, layer) =>
element(
"section",
{ class: "layer-arrays", "aria-label": layer ? `layer ${layer}` : "input" },
element(
"h4",
{},
layer
? `Layer ${layer}${frame.data.activations[layer - 1] ? ` (${frame.data.activations[layer - 1]})` : ""}`
: "Row",
),
names.map((name) =>
known.has(name)
? matrix(
frame,
name,
name === step.name ? "made" : step.reads.includes(name) ? "read" : "",
)
: unknown(name),
),
),
),
element(
"p",
{ class: "fact" },
known.has("loss") ? `loss = ${shortNumber(frame.data.loss, 6)}` : "loss: not computed yet",
),
);
context.announce(`${PHASES[step.phase]}: ${step.formula}`);
}
return {
element: element(
"div",
{ class: "microscope" },
element("div", { class: "side" }, controls.element),
element("div", { class: "main-column" }, player.element, current, arrays, save),
),
update(now, before) {
controls.update(now);
if (!before || SENT.some((name) => !same(now[name], before[name])))
fetchRow(Object.fromEntries(SENT.map((name) => [name, now[name]])));
show();
},
keydown(event) {
const act = {
" ": player.toggle,
".": player.step,
r: player.rewind,
",": () => {
player.stop();
state.set({ at: Math.max(0, (get().at ?? steps.length) - 1) });
},
}[event.key];
if (act) act();
return Boolean(act);
},
python: () => ({ with: Object.fromEntries(SENT.map((name) => [name, get()[name]])) }),
close: player.stop,
};
}
function stepsOf({ data }) {
const phase = (name) => (name.startsWith("new_") ? "update" : "backward");
return [
...data.forward.map((step) => ({ ...step, phase: "forward" })),
...data.backward.map((step) => ({ ...step, phase: phase(step.name) })),
];
}
function layersOf({ arrays }) {
const groups = [["a_0", "targets"]];
for (let layer = 1; `w_${layer}` in arrays; layer += 1) {
groups.push(
["w", "b", "z", "a", "delta", "dw", "db", "new_w", "new_b"].map((name) => `${name}_${layer}`),
);
}
return groups;
}
function rowsOfArrays(frame) {
const body = Object.entries(frame.arrays).flatMap(([name, values]) => {
const columns = frame.shapes[name].at(-1) ?? 1;
return [...values].map((value, at) => [name, Math.floor(at / columns), at % columns, value]);
});
return { head: ["array", "row", "column", "value"], body: [...body, ["loss", 0, 0, frame.data.loss]] };
}
function shapeOf(frame, name) {
const shape = frame.shapes[name];
return shape.length === 2 ? shape : [1, shape[0] ?? 1];
}
function matrix(frame, name, role) {
const [rows, columns] = shapeOf(frame, name);
const cells = (row) =>
Array.from({ length: columns }, (_, column) =>
element("td", {}, shortNumber(frame.arrays[name][row * columns + column], 4)),
);
return element(
"table",
{ class: `matrix ${role}`, "data-array": name },
element("caption", {}, name),
element(
"tbody",
{},
Array.from({ length: rows }, (_, row) => element("tr", {}, cells(row))),
),
);
}
function unknown(name) {
return element("span", { class: "matrix unknown", "data-array": name }, `${name}: not yet`);
}
function resultOfStep(frame, step) {
return step.name === "loss"
? element("p", { class: "loss-value" }, `loss = ${shortNumber(frame.data.loss, 6)}`)
: matrix(frame, step.name, "made");
}
function inNumbers(frame, step, rate) {
const [kind, layer] = [step.name.replace(/_\d+$/, ""), Number(step.name.match(/\d+$/)?.[0] ?? 0)];
const at = (name, row, column) => frame.arrays[name][row * shapeOf(frame, name)[1] + column];
const text = (value) => (value < 0 ? `(${shortNumber(value)})` : shortNumber(value));
const each = (name, write) => {
const [rows, columns] = shapeOf(frame, name);
const label = (row, column) =>
rows > 1 ? `${name}[${row + 1}, ${column + 1}]` : `${name}[${column + 1}]`;
return Array.from({ length: rows * columns }, (_, place) => {
const [row, column] = [Math.floor(place / columns), place % columns];
return `${label(row, column)} = ${write(row, column)} = ${shortNumber(at(name, row, column), 6)}`;
});
};
const sum = (count, term) => Array.from({ length: count }, (_, index) => term(index)).join(" + ");
if (kind === "z") {
const inputs = shapeOf(frame, `w_${layer}`)[0];
return each(
step.name,
(_, unit) =>
`${sum(inputs, (index) => `${text(at(`a_${layer - 1}`, 0, index))} × ${text(at(`w_${layer}`, index, unit))}`)} + ${text(at(`b_${layer}`, 0, unit))}`,
);
}
if (kind === "a")
return each(
step.name,
(_, unit) =>
`${frame.data.activations[layer - 1]}(${shortNumber(at(`z_${layer}`, 0, unit))})`,
);
if (kind === "dw")
return each(
step.name,
(row, unit) =>
`${text(at(`a_${layer - 1}`, 0, row))} × ${text(at(`delta_${layer}`, 0, unit))}`,
);
if (kind === "db") return each(step.name, (_, unit) => `delta_${layer}[${unit + 1}]`);
if (kind === "delta" && `w_${layer + 1}` in frame.arrays) {
const units = shapeOf(frame, `w_${layer + 1}`)[1];
return each(
step.name,
(_, unit) =>
`(${sum(units, (index) => `${text(at(`delta_${layer + 1}`, 0, index))} × ${text(at(`w_${layer + 1}`, unit, index))}`)}) × f′(${shortNumber(at(`z_${layer}`, 0, unit))})`,
);
}
if (kind === "delta")
return each(
step.name,
(_, unit) => `dloss/da_${layer}[${unit + 1}] × f′(${shortNumber(at(`z_${layer}`, 0, unit))})`,
);
if (kind.startsWith("new_")) {
const name = step.name.slice(4);
return each(
step.name,
(row, column) =>
`${shortNumber(at(name, row, column))} − ${shortNumber(rate)} × ${text(at(`d${name}`, row, column))}`,
);
}
return [];
}
return { microscope };
})();
const { modelBoxes } = (() => {
const MOST = 26; // characters of a line
function modelBoxes(choose) {
const holder = element("div", {
class: "layer-boxes",
role: "group",
"aria-label": "layers and their links",
});
const note = element("p", { class: "fact" });
let boxes = [];
function show({ boxes: given, layers }) {
const [width, height] = given.size;
Object.assign(holder.style, { width: `${width}px`, height: `${height}px` });
boxes = layers.map((layer, place) => boxOf(layer, place, given));
refill(holder, arrowsOf(given), boxes);
if (boxes.length) boxes[0].tabIndex = 0;
say(note, "Arrows show whose outputs go into which layer; press a layer to see what makes its units fire.");
}
function boxOf(layer, place, { centres, box: [wide, high] }) {
const about = [layer.kind, layer.activation].filter((each) => each && each !== "linear");
const lines = [layer.name, about.join(" "), [layer.shape].flat().join(" × ")].map(cut);
const box = element(
"button",
{
type: "button",
class: "layer-box",
tabindex: -1,
"data-layer": place,
title: `${layer.name}: ${about.join(" ")}, ${layer.parameters.toLocaleString("en")} parameters`,
on: {
click: () => layer.units > 0 && choose(place),
keydown: (event) => walked(event, place, centres),
},
},
lines.map((line, at) => element("span", { class: at ? "fact" : "layer-name" }, line)),
);
const [x, y] = centres[place];
Object.assign(box.style, {
left: `${x - wide / 2}px`,
top: `${y - high / 2}px`,
width: `${wide}px`,
height: `${high}px`,
});
return box;
}
function walked(event, place, centres) {
const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
event.key
];
if (!way) return;
event.preventDefault();
const [x, y] = centres[place];
const next = centres
.map(([across, down], at) => {
const ahead = (across - x) * way[0] + (down - y) * way[1];
const aside = Math.abs((across - x) * way[1]) + Math.abs((down - y) * way[0]);
return { at, ahead, cost: ahead + 2 * aside };
})
.filter(({ ahead }) => ahead > 1)
.sort((one, other) => one.cost - other.cost)[0];
if (!next) return;
for (const box of boxes) box.tabIndex = -1;
boxes[next.at].tabIndex = 0;
boxes[next.at].focus();
}
return {
element: element(
"div",
{ class: "network-box", hidden: true },
element("div", { class: "network-scroll" }, holder),
note,
),
show,
mark(layer) {
boxes.forEach((box, place) => box.setAttribute("aria-pressed", String(place === layer)));
},
};
}
function arrowsOf({ links, size: [width, height] }) {
const tip = uniqueId("tip");
return vector(
"svg",
{ class: "layer-arrows", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
vector(
"defs",
{},
vector(
"marker",
{
id: tip,
viewBox: "0 0 8 8",
refX: 1,
refY: 4,
markerWidth: 7,
markerHeight: 7,
orient: "auto",
},
vector("path", { d: "M0 0L8 4L0 8z", class: "layer-tip" }),
),
),
links.map((d) => vector("path", { d, class: "layer-link", "marker-end": `url(#${tip})` })),
);
}
function cut(text) {
return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
}
return { modelBoxes };
})();
const { modelBoundary } = (() => {
function modelBoundary({ colors, change }) {
const menus = element("div", { class: "pairs" });
const live = { frame: null, names: [], columns: [0, 1] };
const map = gridMap({
title: "Decision boundary",
file: "boundary",
ratio: 0.6,
content: () => contentOf(live, colors()),
describe: () => describeBoundary(live),
rows: () => rowsOfBoundary(live),
});
const words = element("p", { class: "fact", "data-id": "boundary-words" });
function showMenus() {
const menu = (place) =>
choiceControl({
label: place ? "Upwards" : "Across",
field: place ? "columns.1" : "columns",
options: live.names.map((label, value) => ({ value: String(value), label })),
value: String(live.columns[place]),
change(text) {
const next = [...live.columns];
next[place] = Number(text);
if (next[0] === next[1]) next[1 - place] = live.columns[place];
change(next);
},
});
return [menu(0), menu(1)];
}
let controls = [];
return {
elements: [menus, map.element, words],
redraw: map.redraw,
words: () => describeBoundary(live),
describe({ columns }) {
live.names = columns.map(({ name }) => name);
controls = showMenus();
refill(
menus,
controls.map((each) => each.element),
);
},
choose(columns) {
live.columns = columns;
controls.forEach((each, place) => each.set(String(columns[place])));
},
take(frame, columns) {
Object.assign(live, { frame, shown: columns });
say(words, keyOf(frame, live.names.length > 2));
map.rename(frame.shapes.classes ? "Decision boundary" : "Outputs over two inputs");
map.redraw();
},
};
}
function keyOf({ data, shapes }, hasOthers) {
const held = hasOthers ? " The other inputs are at their medians." : "";
if (!shapes.classes)
return `Areas are outputs and points targets, from the least (cold) to the greatest (warm).${held}`;
const border =
data.threshold === null
? ""
: ` The line is where the output is ${shortNumber(data.threshold)}.`;
return `Areas are the classes that the model answers, points those of the rows.${border}${held}`;
}
function contentOf({ frame, names, shown = [0, 1] }, colors) {
if (!frame) return { x: [-1, 1], y: [-1, 1], colors };
const { data, arrays, shapes } = frame;
const [side, , count] = shapes.outputs;
const place = {
side,
x: data.x,
y: data.y,
xLabel: names[shown[0]],
yLabel: names[shown[1]],
points: arrays.points,
labels: arrays.labels,
colors,
};
if (!arrays.classes) return { ...place, ...quantities(arrays), kinds: 0, levels: [] };
const classes = Math.max(2, count);
if (classes > 2) {
const confidence = lead(arrays.outputs, count);
return { ...place, grid: arrays.classes, confidence, classes, kinds: classes };
}
const { outputs } = arrays;
const above =
count === 2
? Float32Array.from({ length: side * side }, (_, at) => outputs[2 * at + 1] - outputs[2 * at])
: outputs.map((value) => value - data.threshold);
const most = above.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 1e-9);
const grid = above.map((value) => 127.5 + (127.5 * value) / most);
return { ...place, grid, classes, kinds: classes };
}
function quantities({ outputs, labels }) {
const least = (values) => values.reduce((low, value) => Math.min(low, value), Infinity);
const most = (values) => values.reduce((high, value) => Math.max(high, value), -Infinity);
const low = Math.min(least(outputs), least(labels));
const range = Math.max(most(outputs), most(labels)) - low || 1;
return {
grid: outputs.map((value) => (255 * (value - low)) / range),
labels: labels.map((value) => (2 * (value - low)) / range - 1),
};
}
function lead(outputs, count) {
const found = new Float32Array(outputs.length / count);
for (let at = 0; at < found.length; at += 1) {
const sorted = outputs.slice(at * count, (at + 1) * count).sort();
found[at] = sorted[count - 1] - sorted[count - 2];
}
const most = found.reduce((high, value) => Math.max(high, value), 1e-9);
return found.map((value) => (255 * value) / most);
}
function describeBoundary({ frame, names, shown = [0, 1] }) {
if (!frame) return "The decision boundary is not computed yet.";
const { arrays } = frame;
const over = `over ${names[shown[0]]} and ${names[shown[1]]}, with ${arrays.labels.length} rows`;
if (!arrays.classes) return `Outputs ${over}.`;
const counts = new Map();
for (const each of arrays.classes) counts.set(each, (counts.get(each) ?? 0) + 1);
const shares = [...counts]
.sort(([one], [other]) => one - other)
.map(([name, count]) => `class ${name} in ${percent(count / arrays.classes.length)}`);
return `Decision boundary ${over}: ${shares.join(", ")} of the plane.`;
}
function rowsOfBoundary({ frame, names, shown = [0, 1] }) {
const head = [names[shown[0]] ?? "x", names[shown[1]] ?? "y"];
if (!frame) return { head, body: [] };
const { data, arrays, shapes } = frame;
const [side, , count] = shapes.outputs;
const at = ([low, high], place) => low + ((high - low) * place) / (side - 1);
return {
head: [...head, ...Array.from({ length: count }, (_, place) => `output ${place}`)],
body: Array.from({ length: side * side }, (_, place) => [
at(data.x, place % side),
at(data.y, Math.floor(place / side)),
...arrays.outputs.slice(place * count, (place + 1) * count),
]),
};
}
return { modelBoundary };
})();
const { lossPicture } = (() => {
const LEVELS = 12;
function lossPicture(live, colors) {
return createPicture({
title: "Loss around the weights",
file: "loss_around",
height: (width) => Math.max(240, Math.min(width * 0.6, 460)),
ground(pen, size) {
if (!live.loss) return;
const { data, arrays, shapes } = live.loss;
const [rows, columns] = shapes.losses;
const area = { left: 60, top: 8, right: size.width - 12, bottom: size.height - 40 };
const heights = evenHeights(arrays.losses);
const bitmap = canvasOf(
bitmapOf(arrays.losses, rows, columns, heights.place, heightTable(colors().page)),
);
const [width, height] = [area.right - area.left, area.bottom - area.top];
pen.image(bitmap, area.left, area.top, width, height);
for (let level = 1; level < LEVELS; level += 1) {
const ends = contourSegments(arrays.losses, rows, columns, heights.back(level / LEVELS));
const places = ends.map((value, index) =>
index % 2
? area.bottom - (value * height) / (rows - 1)
: area.left + (value * width) / (columns - 1),
);
pen.segments(places, { stroke: colors().text, width: 0.7, opacity: 0.4 });
}
const x = createScale(...data.x, area.left, area.right);
const y = createScale(...data.y, area.bottom, area.top);
pen.marker(0, x.at(0), y.at(0), 6, { fill: colors().series[1], stroke: colors().page });
drawAxes(pen, area, {
x,
y,
xLabel: data.labels?.[0] ?? "first direction",
yLabel: data.labels?.[1] ?? "second direction",
colors: colors(),
});
},
draw() {},
describe() {
if (!live.loss) return "The loss around the weights is not computed yet.";
const { loss, note } = live.loss.data;
return `Loss around the weights on ${note}: ${shortNumber(loss)} at the middle.`;
},
rows() {
if (!live.loss) return { head: ["row", "column", "loss"], body: [] };
const columns = live.loss.shapes.losses[1];
return {
head: ["row", "column", "loss"],
body: [...live.loss.arrays.losses].map((loss, place) => [
Math.floor(place / columns),
place % columns,
loss,
]),
};
},
});
}
return { lossPicture };
})();
const { plainTable } = (() => {
function plainTable(head, rows) {
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
return { plainTable };
})();
const { modelNetwork, layersTable } = (() => {
const MOST_UNITS = 12;
function modelNetwork({ colors, choose }) {
const diagram = networkDiagram({ look() {}, colors });
const note = element("p", { class: "fact" });
const box = element(
"div",
{ class: "network-box" },
element("div", { class: "network-scroll" }, diagram.element),
note,
);
let described = null;
let last = [null, null];
function show(frame) {
described = frame;
const { network, columns } = frame.data;
box.hidden = !network.length;
diagram.show(network.map((column, place) => columnOf(column, place ? [] : columns)));
const cut = network.some(({ units }) => units > MOST_UNITS);
say(
note,
"A line is a weight: dashed below zero, wider the larger it is. Cells show the outputs for the " +
"inputs below; press one to see what makes it fire." +
(cut ? ` Of wide layers the first ${MOST_UNITS} units are drawn.` : ""),
);
paint(...last);
}
function columnOf({ name, units, about, notes, layer }, inputs) {
const shown = Math.min(units, MOST_UNITS);
return {
name,
head: element(
"div",
{ class: "column-head" },
element("h4", {}, name),
element("span", { class: "fact" }, [units, about, ...notes].filter(Boolean).join(", ")),
),
units: Array.from({ length: shown }, (_, unit) => ({
name: inputs[unit]?.name ?? `${name}, unit ${unit}`,
edit: layer === null ? undefined : () => choose(layer, unit),
})),
};
}
function paint(row, frame) {
last = [row, frame];
if (!described?.data.network.length) return;
const { network, columns } = described.data;
const shown = ({ units }) => Math.min(units, MOST_UNITS);
const maps = network.map((column) =>
column.layer === null
? (row ?? [])
.slice(0, shown(column))
.map((value, place) => cell(ranged(value, columns[place])))
: signed(frame?.arrays[`layer_${column.layer}`] ?? [], shown(column)),
);
const weights = network.slice(1).map((column, place) => {
const kernel = described.arrays[`kernel_${column.layer}`];
const drawn = () => corner(kernel, column.units, shown(network[place]), shown(column));
return kernel ? { values: drawn() } : null;
});
diagram.paint(maps, weights);
}
return { element: box, show, paint };
}
function cell(value) {
return { side: 1, values: [Math.max(0, Math.min(255, value))] };
}
function ranged(value, { low, high }) {
return (255 * (value - low)) / (high - low || 1);
}
function signed(values, count) {
const own = [...values.slice(0, count)];
const most = Math.max(...own.map(Math.abs), 1e-9);
return own.map((value) => cell(127.5 + (127.5 * value) / most));
}
function corner(values, width, rows, columns) {
return Array.from(
{ length: rows * columns },
(_, place) => values[Math.floor(place / columns) * width + (place % columns)],
);
}
function layersTable({ layers, parameters }) {
return [
element("p", { class: "fact" }, `${parameters.toLocaleString("en")} parameters`),
plainTable(
["layer", "kind", "shape", "parameters"],
layers.map((layer) => [
layer.name,
[layer.kind, layer.activation].filter((each) => each && each !== "linear").join(" "),
[layer.shape].flat().join(" × "),
layer.parameters.toLocaleString("en"),
]),
),
];
}
return { modelNetwork, layersTable };
})();
const { pictureTiles } = (() => {
function pictureTiles({ values, shape, captions, signed = false, colors }) {
const [height, width, depth = 1] = shape;
const size = height * width * depth;
const [low, high] = rangeOf(values, signed);
const place = (value) => (255 * (value - low)) / (high - low || 1);
const table = signed
? signTable(colors)
: tableThrough([channels(colors.page), channels(colors.text)]);
return element(
"div",
{ class: "tiles" },
captions.map((caption, index) => {
const own = values.subarray(index * size, (index + 1) * size);
const image =
depth === 3
? colored(own, height, width, place)
: bitmapOf(upsideDown(own, height, width), height, width, place, table);
const canvas = element("canvas", { width, height, role: "img", "aria-label": `${caption}.` });
canvas.getContext("2d").putImageData(image, 0, 0);
return element(
"figure",
{ class: "tile" },
canvas,
element("figcaption", { class: "fact", "aria-hidden": "true" }, caption),
);
}),
);
}
function rangeOf(values, signed) {
let [low, high] = [Infinity, -Infinity];
for (const value of values) {
if (value < low) low = value;
if (value > high) high = value;
}
const most = Math.max(Math.abs(low), Math.abs(high));
return signed ? [-most, most] : [low, high];
}
function upsideDown(values, height, width) {
const turned = new Float32Array(values.length);
for (let row = 0; row < height; row += 1)
turned.set(values.subarray(row * width, (row + 1) * width), (height - 1 - row) * width);
return turned;
}
function colored(values, height, width, place) {
const image = new ImageData(width, height);
for (let pixel = 0; pixel < height * width; pixel += 1) {
for (let channel = 0; channel < 3; channel += 1)
image.data[4 * pixel + channel] = place(values[3 * pixel + channel]);
image.data[4 * pixel + 3] = 255;
}
return image;
}
return { pictureTiles };
})();
const { dataRows } = (() => {
const MOST_COLUMNS = 8;
function dataRows({ frame, model, name, values, texts = [], colors }) {
const { rows, inputs } = frame.arrays;
if (model.picture) {
const captions = [...rows].map((row, place) =>
[`row ${row}: ${name} ${shortNumber(values[place], 3)}`, texts[place]]
.filter(Boolean)
.join(", "),
);
return pictureTiles({ values: inputs, shape: model.picture, captions, colors });
}
const width = frame.shapes.inputs[1];
const columns = model.columns.slice(0, Math.min(width, MOST_COLUMNS));
return plainTable(
["row", name, ...(texts.some(Boolean) ? ["what"] : []), ...columns.map((each) => each.name)],
[...rows].map((row, place) => [
row,
shortNumber(values[place]),
...(texts.some(Boolean) ? [texts[place] ?? ""] : []),
...columns.map((_, column) => shortNumber(inputs[place * width + column])),
]),
);
}
return { dataRows };
})();
const { hasUnits, modelUnits } = (() => {
function hasUnits({ units, kind }) {
return units > 0 && kind !== "Input";
}
function modelUnits({ colors, change, pythons }) {
const controls = element("div", { class: "pairs" });
const facts = element("p", { class: "fact", role: "status", "data-id": "unit-facts" });
const rows = element("div", { class: "table-scroll", "data-id": "unit-rows" });
const weights = element("div", { "data-id": "first-layer" });
const live = { model: null, layer: null, unit: null, first: null, place: 0, number: 0 };
const pictures = ["outputs", "weights"].map((name) => histogramOf(name, live, colors));
function showControls() {
const { layers } = live.model;
const known = layers.map((layer, place) => ({ ...layer, place })).filter(hasUnits);
refill(
controls,
choiceControl({
label: "Layer",
field: "layer",
options: known.map(({ name, place }) => ({ value: String(place), label: name })),
value: String(live.place),
change: (value) => change(Number(value), 0),
}).element,
numberControl({
label: "Unit",
field: "unit",
low: 0,
high: Math.max(1, layers[live.place].units - 1),
whole: true,
value: live.number,
change: (value) => change(live.place, value),
}).element,
);
}
function redraw() {
const { unit, layer, model, first } = live;
for (const picture of pictures) picture.redraw();
pictures[1].element.hidden = !layer?.data.weights;
if (unit)
refill(
rows,
dataRows({
frame: unit,
model,
name: "output",
values: unit.arrays.values,
colors: colors(),
}),
);
if (first)
refill(
weights,
element("h4", {}, `What the units of ${first.data.layer} look for`),
pictureTiles({
values: first.arrays.pictures,
shape: first.shapes.pictures.slice(1),
captions: Array.from({ length: first.shapes.pictures[0] }, (_, place) => `unit ${place}`),
signed: true,
colors: colors(),
}),
pythons.first,
);
if (unit && layer) say(facts, factsOf(live));
}
return {
elements: [
controls,
facts,
rows,
pythons.unit,
...pictures.map((each) => each.element),
pythons.layer,
weights,
],
facts: () => facts.textContent,
redraw,
describe(model) {
live.model = model;
},
choose(place, number) {
const isOther = place !== live.place || !controls.firstChild;
Object.assign(live, { place, number });
if (isOther || !controls.contains(document.activeElement)) showControls();
},
take(frame) {
live[{ unit: "unit", layer: "layer", first_layer: "first" }[frame.kind]] = frame;
redraw();
},
};
}
function factsOf({ model, layer, unit, place, number }) {
const { means, active } = layer.arrays;
const silent = active.filter((share) => share === 0).length;
const { outputs, rows } = layer.data;
return (
`Unit ${number} of ${model.layers[place].name}: mean ${shortNumber(unit.data.mean, 3)}, largest ` +
`${shortNumber(unit.data.most, 3)}, not zero in ${percent(active[number] ?? 0)} of ${rows} rows. ` +
`Of ${means.length} units ${silent} ${silent === 1 ? "is" : "are"} always zero; outputs of the layer: ` +
`mean ${shortNumber(outputs.mean, 3)}, standard deviation ${shortNumber(outputs.deviation, 3)}.`
);
}
function histogramOf(name, live, colors) {
const title = name === "outputs" ? "Outputs of the layer" : "Weights of the layer";
const [counts, edges] =
name === "outputs" ? ["counts", "edges"] : ["weight_counts", "weight_edges"];
const shown = () => {
const facts = live.layer?.data[name];
if (!facts) return [];
return [
{
name: live.model.layers[live.place].name,
note: `deviation ${shortNumber(facts.deviation, 3)}`,
mean: facts.mean,
deviation: facts.deviation,
color: colors().series[name === "outputs" ? 0 : 2],
counts: live.layer.arrays[counts],
edges: live.layer.arrays[edges],
},
];
};
return createPicture({
title,
file: `layer_${name}`,
height: () => 170,
draw: (pen, size) =>
drawHistograms(pen, size, { rows: shown(), colors: colors(), xLabel: name.slice(0, -1) }),
describe: () => describeHistograms(title, shown()),
rows: () => ({
head: ["from", "to", "count"],
body: shown().flatMap((row) =>
[...row.counts].map((count, bin) => [row.edges[bin], row.edges[bin + 1], count]),
),
}),
});
}
return { hasUnits, modelUnits };
})();
const { warpLayers, firstWarped, modelWarp } = (() => {
function warpLayers({ layers }) {
return layers
.map((layer, place) => ({ ...layer, place }))
.filter(({ units, kind, shape }) => units > 1 && kind !== "Input" && /^\(batch, \d+\)$/.test(shape))
.map(({ place }) => place);
}
function firstWarped(model) {
const places = warpLayers(model);
const isLast = places.at(-1) === model.layers.length - 1;
return places.at(isLast && places.length > 1 ? -2 : -1);
}
function modelWarp({ colors, change }) {
const controls = element("div", { class: "pairs" });
const words = element("p", { class: "fact", "data-id": "warp-words" });
const live = { frame: null, model: null };
let drawn = "";
const picture = createPicture({
title: "Rows as the layer sees them",
file: "layer_outputs",
height: (width) => Math.max(240, Math.min(width * 0.7, 520)),
draw(pen, size) {
if (live.frame) drawWarp(pen, size, live.frame, colors());
},
describe: () => (live.frame ? describeWarp(live) : "The outputs of the layer are not computed yet."),
rows: () => rowsOfWarp(live),
});
function showControls({ layer, units }) {
const { layers } = live.model;
const most = layers[layer].units - 1;
const axis = (place) =>
numberControl({
label: place ? "Unit upwards" : "Unit across",
field: `units.${place}`,
low: 0,
high: most,
whole: true,
compact: true,
value: units[place],
change: (value) =>
change({ layer, units: units.map((unit, at) => (at === place ? value : unit)) }),
}).element;
refill(
controls,
choiceControl({
label: "Layer",
field: "layer",
options: warpLayers(live.model).map((place) => ({
value: String(place),
label: layers[place].name,
})),
value: String(layer),
change: (value) => change({ layer: Number(value), units: null }),
}).element,
choiceControl({
label: "Axes",
field: "units",
options: [
{ value: "components", label: "principal components" },
{ value: "units", label: "two units" },
],
value: units ? "units" : "components",
change: (value) => change({ layer, units: value === "units" ? [0, 1] : null }),
}).element,
units ? [axis(0), axis(1)] : [],
);
}
return {
elements: [controls, picture.element, words],
redraw: picture.redraw,
words: () => words.textContent,
describe(model) {
live.model = model;
drawn = "";
},
choose(warp) {
const wanted = JSON.stringify(warp);
const isTyped = controls.contains(document.activeElement) && document.activeElement.tagName === "INPUT";
if (wanted !== drawn && !isTyped) showControls(warp);
drawn = wanted;
},
take(frame) {
live.frame = frame;
say(words, describeWarp(live));
picture.redraw();
},
};
}
function drawWarp(pen, { width, height }, { data, arrays, shapes }, colors) {
const area = { left: 60, top: 8, right: width - 12, bottom: height - 40 };
const side = (values, axis) => values.filter((_, at) => at % 2 === axis);
const range = (axis) => {
const [low, high] = extent([side(arrays.points, axis), side(arrays.lines, axis)]) ?? [0, 1];
const margin = 0.05 * (high - low) || 0.5;
return [low - margin, high + margin];
};
const x = createScale(...range(0), area.left, area.right);
const y = createScale(...range(1), area.bottom, area.top);
const [count, samples] = shapes.lines;
pen.clip(area.left, area.top, area.right - area.left, area.bottom - area.top, () => {
for (let line = 0; line < count; line += 1) {
const places = new Float64Array(2 * samples);
for (let at = 0; at < 2 * samples; at += 1)
places[at] = (at % 2 ? y : x).at(arrays.lines[2 * samples * line + at]);
const isSecond = data.columns.length > 1 && line >= count / 2;
pen.line(places, { stroke: colors.quiet, width: 1, opacity: 0.8, dash: isSecond ? [5, 3] : undefined });
}
const labels = arrays.targets ?? new Float32Array(shapes.points[0]);
const shown = data.classes
? { labels, kinds: Math.max(1, ...new Set(labels)) + 1 }
: { labels: centred(labels), kinds: 0 };
drawPoints(pen, { x, y }, { points: arrays.points, colors, ...shown });
});
drawAxes(pen, area, { x, y, xLabel: data.labels[0], yLabel: data.labels[1], colors });
}
function centred(values) {
const [low, high] = extent([values]) ?? [0, 1];
return values.map((value) => (2 * (value - low)) / (high - low || 1) - 1);
}
function describeWarp({ frame, model }) {
const { data, shapes } = frame;
const names = data.columns.map((column) => model.columns[column].name);
const grid =
names.length > 1
? `Along a solid line ${names[0]} changes, along a dashed one ${names[1]}`
: `Along the line ${names[0]} changes`;
const held = model.columns.length > names.length ? "; the other inputs stay at their medians" : "";
const share = data.explained
? ` The axes show ${percent(data.explained[0] + data.explained[1])} of the variance.`
: "";
return `${shapes.points[0]} rows by the outputs of ${data.layer}. ${grid}${held}.${share}`;
}
function rowsOfWarp({ frame }) {
if (!frame) return { head: [], body: [] };
const { data, arrays, shapes } = frame;
return {
head: ["row", ...data.labels, ...(arrays.targets ? ["target"] : [])],
body: Array.from({ length: shapes.points[0] }, (_, row) => [
row,
arrays.points[2 * row],
arrays.points[2 * row + 1],
...(arrays.targets ? [arrays.targets[row]] : []),
]),
};
}
return { warpLayers, firstWarped, modelWarp };
})();
const { whatIfForm, listed, mostVaried } = (() => {
const MOST_INPUTS = 40;
const MOST_OF_PICTURES = 12;
const MOST_LISTED = 12;
function whatIfForm({ change }) {
const form = element("div", { class: "option-grid wide-options" });
const note = element("p", { class: "fact" });
const outputs = element("div", { class: "in-numbers", "data-id": "outputs", role: "status" });
return {
elements: [form, note, outputs],
show({ columns, picture }, row) {
const most = picture ? MOST_OF_PICTURES : MOST_INPUTS;
note.hidden = columns.length <= most;
say(note, `The ${most} of ${columns.length} inputs that vary most; the others keep their medians.`);
refill(
form,
mostVaried(columns, most).map((place) => {
const { name, low, high, whole } = columns[place];
return numberControl({
label: name,
field: `row.${place}`,
compact: true,
low,
high,
open: true,
whole,
value: Number(Number(row[place]).toPrecision(5)),
change: (value) => change(place, value),
}).element;
}),
);
},
answer({ arrays, shapes }, layers) {
const names = Object.keys(arrays).filter((name) => name.startsWith("layer_"));
refill(
outputs,
element("p", { class: "step-formula" }, `output: ${listed(arrays.outputs)}`),
names.map((name) =>
element(
"p",
{ class: "fact" },
`${layers[Number(name.slice(6))].name} (${shapes[name].at(-1)} units): ${listed(arrays[name])}`,
),
),
);
},
};
}
function listed(values) {
const shown = [...values.slice(0, MOST_LISTED)].map((value) => shortNumber(value));
return shown.join(", ") + (values.length > MOST_LISTED ? ", …" : "");
}
function mostVaried(columns, most) {
return columns
.map(({ deviation }, place) => ({ deviation, place }))
.sort((one, other) => other.deviation - one.deviation)
.slice(0, most)
.map(({ place }) => place)
.sort((one, other) => one - other);
}
return { whatIfForm, listed, mostVaried };
})();
const { modelView } = (() => {
const BOUNDARY_POINTS = 100;
const NO_ROWS = "Start the studio with rows too, to see what the model does with them.";
const NO_TARGETS =
"Start the studio with rows and targets, to see the boundary, the loss and mistakes.";
const modelView = {
name: "model",
title: "My model",
keys: [["arrow keys in the drawing", "the next unit; Enter shows what makes it fire"]],
initial: () => ({ row: null, columns: null, layer: null, unit: 0, warp: null }),
mount: mountModel,
};
function mountModel(context) {
const { state, theme } = context;
const get = () => state.get();
const colors = () => theme.get().colors;
const live = { described: null, row: null, loss: null, mistakes: null };
const layers = element("div", { class: "table-scroll" });
const mistakes = element("div", { class: "table-scroll", "data-id": "mistaken-rows" });
const missing = element("p", { class: "fact", "data-id": "missing" });
const network = modelNetwork({ colors, choose: (layer, unit) => state.set({ layer, unit }) });
const boxes = modelBoxes((layer) => state.set({ layer, unit: 0 }));
const form = whatIfForm({
change: (place, value) =>
state.set({ row: rowOf(get()).map((each, index) => (index === place ? value : each)) }),
});
const units = modelUnits({
colors,
change: (layer, unit) => state.set({ layer, unit }),
pythons: {
unit: pythonButton("unit", "rows of a unit", () => unitOf(get())),
layer: pythonButton("layer", "outputs of a layer", () => ({ layer: unitOf(get()).layer })),
first: pythonButton("first_layer", "weights of the first layer", () => ({})),
},
});
const boundary = modelBoundary({ colors, change: (columns) => state.set({ columns }) });
const warp = modelWarp({ colors, change: (next) => state.set({ warp: next }) });
const loss = lossPicture(live, colors);
loss.element.hidden = true;
function pythonButton(name, title, values) {
return button(
"Show the Python",
() => context.showPython({ of: name, with: values() }),
{
class: "tool quiet-button",
"aria-label": `Show the Python: ${title}`,
"data-id": `python-${name}`,
},
);
}
function part(name, title, values, ...children) {
const python = pythonButton(name, title, values);
return group(title, { "data-part": name }, ...children, python);
}
const groups = {
network: group(
"Network",
{ "data-part": "network" },
network.element,
boxes.element,
pythonButton("describe", "weights", () => ({})),
),
row: part("row", "What if", () => ({ row: rowOf(get()) }), ...form.elements),
unit: group("What makes a unit fire", { "data-part": "unit" }, ...units.elements),
boundary: part("boundary", "Decision boundary", () => planeOf(get()), ...boundary.elements),
warp: part("warp", "As a layer sees them", () => warpOf(get()), ...warp.elements),
loss: part(
"loss",
"Loss around the weights",
() => ({}),
button("Compute the loss around the weights", () => ask("loss", {}), { "data-id": "loss" }),
button(
"Race optimizers on it",
() => context.open("landscape", { surface: OF_MODEL }),
{ class: "tool", "data-id": "race" },
),
loss.element,
),
mistakes: part(
"mistakes",
"Largest mistakes",
() => ({}),
button("Show the largest mistakes", () => ask("mistakes", {}), { "data-id": "mistakes" }),
mistakes,
),
};
const newest = (name, done) =>
latestOnly((values) => context.ask(name, values), done, context.failed);
const fetchRow = newest("row", (frame, { row }) => {
context.clear("row");
live.row = frame;
form.answer(frame, live.described.data.layers);
network.paint(row, frame);
context.announce(`output ${listed(frame.arrays.outputs)}`);
});
const fetchUnit = newest("unit", (frame) => {
context.clear("unit", "layer");
units.take(frame);
context.announce(units.facts());
});
const fetchLayer = newest("layer", units.take);
const fetchBoundary = newest("boundary", (frame, { columns }) => {
context.clear("columns");
boundary.take(frame, columns);
context.announce(boundary.words());
});
const fetchWarp = newest("warp", (frame) => {
context.clear("layer", "units", "columns");
warp.take(frame);
context.announce(warp.words());
});
async function ask(act, values) {
try {
take(await context.ask(act, values));
} catch (error) {
context.failed(error);
}
}
function take(frame) {
if (frame.kind === "model") describe(frame);
else if (frame.kind === "first_layer") units.take(frame);
else if (frame.kind === "loss") {
live.loss = frame;
loss.element.hidden = false;
loss.reground();
} else if (frame.kind === "mistakes") {
live.mistakes = frame;
showMistakes();
}
}
function describe(frame) {
live.described = frame;
const { data } = frame;
const has = partsOf(data);
for (const [name, shown] of Object.entries(has)) groups[name].hidden = !shown;
refill(missing, whatIsMissing(data));
refill(layers, layersTable(data));
network.show(frame);
boxes.element.hidden = !data.boxes;
if (data.boxes) boxes.show(data);
units.describe(data);
boundary.describe(data);
warp.describe(data);
if (has.row) {
form.show(data, rowOf(get()));
fetchRow({ row: rowOf(get()) });
}
if (has.unit) showUnit(true);
if (has.unit && data.picture) ask("first_layer", {});
if (has.boundary) showBoundary();
if (has.warp) showWarp();
}
function showWarp() {
if (groups.warp.hidden) return;
const { layer, units } = warpOf(get());
warp.choose({ layer, units });
fetchWarp(warpOf(get()));
}
function showUnit(isOther) {
const { layer, unit } = unitOf(get());
units.choose(layer, unit);
boxes.mark(layer);
if (isOther) fetchLayer({ layer });
fetchUnit({ layer, unit });
}
function showBoundary() {
const plane = planeOf(get());
boundary.choose(plane.columns);
fetchBoundary(plane);
}
function showMistakes() {
const frame = live.mistakes;
const [model, values] = [live.described.data, frame.arrays.losses];
const { texts } = frame.data;
refill(mistakes, dataRows({ frame, model, name: "loss", values, texts, colors: colors() }));
}
function rowOf({ row }) {
const { columns } = live.described.data;
return row?.length === columns.length ? row : columns.map(({ median }) => median);
}
function unitOf({ layer, unit }) {
const known = live.described.data.layers;
return { layer: known[layer]?.units ? layer : known.findIndex(hasUnits), unit };
}
function warpOf(now) {
const model = live.described.data;
const layer = warpLayers(model).includes(now.warp?.layer) ? now.warp.layer : firstWarped(model);
const columns = model.columns.length > 1 ? planeOf(now).columns : null;
return { layer, units: now.warp?.units ?? null, columns };
}
function planeOf({ columns }) {
const { columns: known, picture } = live.described.data;
const usual = picture ? mostVaried(known, 2) : [0, 1];
return { columns: columns ?? usual, points: BOUNDARY_POINTS };
}
function redraw() {
loss.reground();
boundary.redraw();
warp.redraw();
units.redraw();
if (live.described) network.show(live.described);
if (live.mistakes) showMistakes();
}
const unwatch = theme.subscribe(redraw);
redraw();
return {
element: element(
"div",
{ class: "my-model" },
element(
"div",
{ class: "side" },
group("Layers", { "data-part": "layers" }, layers),
missing,
),
element("div", { class: "wide-part" }, groups.network),
element("div", { class: "main-column" }, groups.row, groups.boundary, groups.warp, groups.loss),
element("div", { class: "main-column" }, groups.unit, groups.mistakes),
),
update(now, before) {
if (!before) {
ask("describe", {});
return;
}
if (!live.described) return;
if (!same(now.row, before.row)) {
if (!groups.row.contains(document.activeElement))
form.show(live.described.data, rowOf(now));
fetchRow({ row: rowOf(now) });
}
if (now.layer !== before.layer || now.unit !== before.unit)
showUnit(now.layer !== before.layer);
if (!same(now.columns, before.columns)) showBoundary();
if (!same(now.columns, before.columns) || !same(now.warp, before.warp)) showWarp();
},
close: unwatch,
};
}
function whatIsMissing({ rows, targets, row_shape: shape, columns }) {
if (!rows) return NO_ROWS;
if (!targets) return NO_TARGETS;
if (shape.length > 1) return "A decision boundary is drawn over two columns of a table; these rows are none.";
return columns.length > 1 ? "" : "A decision boundary needs two inputs, and this model has one.";
}
function partsOf(model) {
const { columns, rows, row_shape: shape, targets, layers } = model;
const isTable = rows > 0 && shape.length === 1;
return {
network: layers.length > 0,
row: rows > 0,
unit: rows > 0 && layers.some(hasUnits),
boundary: targets && isTable && columns.length > 1,
warp: isTable && warpLayers(model).length > 0,
loss: targets,
mistakes: targets,
};
}
return { modelView };
})();
const { OPENED, tableFields } = (() => {
const OPENED = "the opened rows";
const COMPONENTS = "components";
const LARGEST_TEXT = 20000; // a table of so many letters is a part of the link, a larger one is sent
const LARGEST_SENT = 20 * 2 ** 20;
function tableFields(given) {
return [
...(given.get().upload === OPENED ? [] : [fileField(given)]),
...("table" in given.get() ? [textField(given)] : [sentTable(given)]),
columnFields(given),
];
}
const next = (data, patch) => ({ share: data.share, seed: data.seed, ...patch });
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
return { OPENED, tableFields };
})();
const { MOST_PAINTED, kindOfData, dataControls } = (() => {
const GENERATED = [
["circle", "circle (classes)"],
["xor", "exclusive or (classes)"],
["gauss", "clouds (classes)"],
["spiral", "spiral (classes)"],
["plane", "plane (values)"],
["multi-gauss", "hills (values)"],
];
const GENERATED_NAMES = new Set(GENERATED.map(([name]) => name));
const MOST_PAINTED = 1400;
function kindOfData(data) {
if ("expression" in data) return "formula";
if ("rows" in data) return "painted";
if ("upload" in data) return data.upload === OPENED ? "opened" : "table";
return "table" in data ? "table" : data.name;
}
function dataControls(given) {
const { get, set, opened } = given;
const kind = choiceControl({
label: "Data",
field: "data",
part: "data",
explain: "What the network learns from.",
options: [
...GENERATED.map(([value, label]) => ({ value, label })),
{ value: "formula", label: "a formula" },
{ value: "painted", label: "painted by hand" },
{ value: "table", label: "a table (CSV)" },
...(opened ? [{ value: "opened", label: opened }] : []),
],
value: kindOfData(get()),
change: (name) => set(firstState(name, get())),
});
const fields = element("div", { class: "side" });
let shown = null;
function update() {
const data = get();
const now = kindOfData(data);
kind.set(now);
const shape = GENERATED_NAMES.has(now) ? "generated" : now;
const form = now === "table" && "upload" in data ? "upload" : shape;
if (form !== shown) {
shown = form;
fields.controls = fieldsOf(shape, given);
refill(
fields,
fields.controls.map(({ element: each }) => each),
);
}
for (const control of fields.controls) control.update?.(data);
}
return { element: group("Data", { "data-part": "data" }, kind.element, fields), update };
}
function firstState(name, before) {
const { share = 0.5, seed = 0, noise = 0, points = 500 } = before;
if (GENERATED_NAMES.has(name))
return { name, points, noise, share, classes: before.classes ?? 2, seed };
if (name === "formula")
return { expression: "sin(x) - y / 3", task: "classes", points, noise, share, seed };
if (name === "painted")
return {
rows: [
[-2, 0, 0],
[2, 0, 1],
],
task: "classes",
share: 0.7,
seed,
};
if (name === "opened") return { upload: OPENED, share: 0.7, seed };
return { table: "first,second,class\n1,2,a\n2,1,a\n6,5,b\n5,6,b\n", share: 0.7, seed };
}
function fieldsOf(shape, given) {
const { get, set } = given;
const patch = (name) => (value) => set({ ...get(), [name]: value });
const number = (name, words) => {
const control = numberControl({
...words,
field: `data.${name}`,
value: get()[name],
change: patch(name),
});
return { element: control.element, update: (data) => control.set(data[name]) };
};
const choose = (name, words) => {
const control = choiceControl({
...words,
field: `data.${name}`,
value: get()[name],
change: patch(name),
});
return { element: control.element, update: (data) => control.set(data[name]) };
};
const noise = () =>
number("noise", {
label: "Noise",
low: 0,
high: 0.5,
step: 0.01,
part: "noise",
explain: "How far points are from where they belong.",
});
const share = () =>
number("share", {
label: "Share for training",
low: 0.1,
high: 0.9,
step: 0.05,
part: "share",
explain: "The others are only for the test.",
});
const points = () =>
number("points", {
label: "Points",
low: 10,
high: 5000,
whole: true,
log: true,
part: "points",
});
const again = {
element: button("Other points", () => set({ ...get(), seed: (get().seed ?? 0) + 1 }), {
title: "draws the points anew, with the next seed",
"data-part": "seed",
}),
};
if (shape === "generated") {
return [
number("classes", { label: "Classes", low: 2, high: 8, whole: true, part: "classes" }),
noise(),
share(),
points(),
again,
];
}
if (shape === "formula") {
const text = textControl({
label: "Value",
field: "data.expression",
value: get().expression,
change: patch("expression"),
explain: "Of x and y. As classes: whether it is above 0.",
});
return [
{ element: text.element, update: (data) => text.set(data.expression) },
choose("task", {
label: "To predict",
options: [
{ value: "classes", label: "the class" },
{ value: "values", label: "the value" },
],
}),
noise(),
share(),
points(),
again,
];
}
return shape === "painted"
? paintFields({ ...given, share })
: [...tableFields(given), share(), again];
}
function paintFields({ get, set, brush, share }) {
const label = choiceControl({
label: "Brush",
value: String(brush.label),
explain: "Draw on the output map with it.",
options: Array.from({ length: 8 }, (_, index) => ({
value: String(index),
label: `class ${index}`,
})),
change: (value) => {
brush.label = Number(value);
},
});
const point = { x: 0, y: 0 };
const axis = (name) =>
numberControl({
label: name,
low: -6,
high: 6,
slider: false,
compact: true,
value: 0,
change: (value) => {
point[name] = value;
},
}).element;
const add = button("Add this point", () => {
const { rows } = get();
if (rows.length < MOST_PAINTED)
set({ ...get(), rows: [...rows, [point.x, point.y, brush.label]] });
});
const clear = button(
"Remove the last point",
() => get().rows.length > 2 && set({ ...get(), rows: get().rows.slice(0, -1) }),
);
return [
label,
{ element: element("div", { class: "pairs" }, axis("x"), axis("y")) },
{ element: element("div", { class: "row" }, add, clear) },
share(),
];
}
return { MOST_PAINTED, kindOfData, dataControls };
})();
const { findingsBox } = (() => {
function findingsBox({ back }) {
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
return { findingsBox };
})();
const { playgroundOutput } = (() => {
const EDGE = 6;
function playgroundOutput({ live, get, set, colors, brush }) {
const map = gridMap({
title: "Output",
file: "playground",
content: () => contentOf(live, get(), colors()),
describe: () => describeOutput(live),
rows: () => rowsOfPoints(live),
});
const other = gridMap({
title: "Compared",
file: "playground_compared",
content: () => contentOf(live, get(), colors(), "other_"),
describe: () => describeOutput(live, live.progress?.data.other ?? null),
rows: () => rowsOfPoints(live),
});
other.element.dataset.id = "other-map";
const words = element("p", { class: "explained", "data-id": "points-words", role: "status" });
const curves = () => lossCurves(live, colors());
const chart = createPicture({
title: "Loss",
file: "playground_loss",
height: (width) => Math.max(200, Math.min(width * 0.55, 320)),
draw: (pen, size) =>
drawChart(pen, size, {
curves: curves(),
log: get().log,
xLabel: "epoch",
yLabel: get().log ? "loss (logarithmic)" : "loss",
least: get().log ? undefined : 0,
colors: colors(),
marks: live.progress?.data.marks,
}),
describe: () => describeCurves("Loss", curves()),
rows: () => rowsOfCurves(curves(), "epoch"),
});
const log = tickControl({
label: "logarithmic loss",
compact: true,
value: get().log,
change: (value) => set({ log: value }),
});
const confusion = element("div", {
class: "confusion",
"data-part": "confusion",
"data-id": "confusion",
});
painting({ map, get, set, brush });
let shown = "";
function redraw() {
map.redraw();
other.element.hidden = !(get().other && live.map && "other_map" in live.map.arrays);
other.redraw();
chart.redraw();
say(words, wordsOfPoints(live, get().data));
const text = JSON.stringify(live.progress?.data.scores.test?.confusion ?? null);
if (text !== shown) {
shown = text;
refill(confusion, confusionTable(live));
}
}
return {
element: element(
"div",
{ class: "outputs" },
element("div", { class: "maps" }, map.element, other.element),
words,
chart.element,
log.element,
confusion,
),
redraw,
look(column, unit) {
const isHidden = column && column <= get().layers.length;
const feature = column === 0 && live.points?.data.features[unit];
const name = isHidden ? `Layer ${column}, unit ${unit + 1}` : "Output";
map.rename(feature ? `Feature ${feature}` : name);
map.redraw();
},
names: () => namesOf(live),
unitMaps: () => unitMaps(live),
summary: () => describeOutput(live),
update(now) {
log.set(now.log);
redraw();
},
};
}
function namesOf({ state }) {
const { classes = 2, names = [] } = state?.data ?? {};
return classes > 2
? Array.from({ length: classes }, (_, index) => names[index] ?? `class ${index}`)
: ["value"];
}
function contentOf(live, state, colors, start = "") {
const { classes = 2, columns = ["x", "y"], spans = [] } = live.state?.data ?? {};
const looked = start ? null : lookedAt(live);
const arrays = live.map?.arrays ?? {};
const map = arrays[`${start}map`];
const many = classes > 2 && !looked && `${start}classes` in arrays;
const shown =
looked ??
(map
? {
grid: many ? arrays[`${start}classes`] : map,
side: live.map.shapes[`${start}map`][0],
confidence: many ? map : undefined,
}
: {});
const [x, y] = [0, 1].map((axis) => [-EDGE, EDGE].map((edge) => inUnits(edge, spans[axis])));
return {
x,
y,
xLabel: columns[0],
yLabel: columns[1],
colors,
steps: state.steps,
showTest: state.showTest,
...shown,
classes: many ? classes : 2,
...dataPoints(live.points, state, spans),
};
}
function inUnits(place, span) {
return span ? span[0] + ((place + 5) / 10) * (span[1] - span[0]) : place;
}
function dataPoints(frame, state, spans) {
if (!frame) return {};
const { arrays } = frame;
const count = arrays.y_train.length;
const more = state.showTest ? arrays.y_test.length : 0;
const points = new Float64Array(2 * (count + more));
points.set(arrays.x_train);
if (more) points.set(arrays.x_test, 2 * count);
if (spans.length)
points.forEach((place, index) => {
points[index] = inUnits(place, spans[index % 2]);
});
const labels = [...arrays.y_train, ...(more ? arrays.y_test : [])];
return {
points,
labels,
kinds: frame.data.classes,
isTest: new Uint8Array(count + more).fill(1, count),
};
}
function lookedAt(live) {
const [column, unit] = live.looked;
if (!live.units || column === null) return null;
const map = unitMaps(live)[0][column]?.[unit];
return map ? { grid: map.values, side: map.side } : null;
}
function unitMaps({ units, map, points }) {
const maps = [small(points, "features")];
const weights = [];
if (!units) return [maps, weights];
const [count, side] = units.shapes.units;
let next = 0;
for (let place = 1; `kernel_${place}` in units.arrays; place += 1) {
weights.push({ values: units.arrays[`kernel_${place}`] });
const own = units.shapes[`kernel_${place}`][1];
const column = [];
for (
let unit = 0;
unit < own && next < count && `kernel_${place + 1}` in units.arrays;
unit += 1, next += 1
) {
column.push({
side,
values: units.arrays.units.subarray(next * side * side, (next + 1) * side * side),
});
}
maps.push(column);
}
if (map)
maps[maps.length - 1] =
"classes" in map.arrays
? small(map, "class_maps")
: [{ side: map.shapes.map[0], values: map.arrays.map }];
return [maps, weights];
}
function small(frame, name) {
if (!frame) return [];
const [count, side] = frame.shapes[name];
const of = (index) => frame.arrays[name].subarray(index * side * side, (index + 1) * side * side);
return Array.from({ length: count }, (_, index) => ({ side, values: of(index) }));
}
function wordsOfPoints({ points }, data) {
if (!points) return "";
const { rows, words } = points.data;
const drawn = points.arrays.y_train.length + points.arrays.y_test.length;
const number = (count) => count.toLocaleString("en");
const { classes, names } = points.data;
const name = (index) => names[index] ?? `class ${index}`;
const colors = { 0: "blue: −1, orange: 1", 2: `blue: ${name(0)}, orange: ${name(1)}; pale: unsure` };
return [
colors[classes] ?? "pale: unsure",
drawn < rows ? `${number(drawn)} of ${number(rows)} points are drawn; all are learned` : "",
words,
(data.rows?.length ?? 0) >= MOST_PAINTED
? `${number(MOST_PAINTED)} points are the most that can be painted`
: "",
]
.filter(Boolean)
.join("; ");
}
function lossCurves({ progress }, colors) {
if (!progress) return [];
const { arrays } = progress;
const curve = (name, index, places, values, dash) => ({
name,
color: colors.series[index],
shape: index,
places,
values,
dash,
});
return [
curve("training", 0, arrays.epochs, arrays.train),
curve("test", 1, arrays.test_epochs, arrays.test, [7, 4]),
curve("compared, training", 3, arrays.other_epochs, arrays.other_train, [2, 3]),
curve("compared, test", 2, arrays.other_test_epochs, arrays.other_test, [10, 3, 2, 3]),
].filter(({ values }) => values?.length);
}
function describeOutput({ progress, state }, data = progress?.data) {
if (!data) return "The output of the network is not computed yet.";
const { epoch, train_loss: train, test_loss: test, scores } = data;
const parts = [
`Output after ${epoch} epochs`,
state?.data.classes ? `${state.data.classes} classes` : "values",
];
for (const [name, loss] of [
["training", train],
["test", test],
]) {
if (loss !== null && loss !== undefined) parts.push(`${name} loss ${shortNumber(loss, 3)}`);
const accuracy = scores[name === "test" ? "test" : "train"]?.accuracy;
if (accuracy !== undefined && accuracy !== null)
parts.push(`${name} accuracy ${percent(accuracy)}`);
}
return `${parts.join(", ")}.`;
}
function rowsOfPoints({ points }) {
const head = ["x", "y", "target", "part"];
if (!points) return { head, body: [] };
const rows = (places, labels, part) =>
[...labels].map((label, index) => [places[2 * index], places[2 * index + 1], label, part]);
const { x_train: x, y_train: y, x_test: xTest, y_test: yTest } = points.arrays;
return { head, body: [...rows(x, y, "training"), ...rows(xTest, yTest, "test")] };
}
function confusionTable({ progress, state }) {
const counts = progress?.data.scores.test?.confusion;
if (!counts) return null;
const names = counts.map((_, index) => state?.data.names?.[index] ?? `class ${index}`);
return element(
"table",
{},
element("caption", {}, "Test points: rows are the true classes, columns the predictions"),
element(
"thead",
{},
element(
"tr",
{},
element("td"),
names.map((name) => element("th", { scope: "col" }, name)),
),
),
element(
"tbody",
{},
counts.map((row, place) =>
element(
"tr",
{},
element("th", { scope: "row" }, names[place]),
row.map((count, index) =>
element(
"td",
{ class: index === place ? "right" : count ? "mistaken" : "" },
String(count),
),
),
),
),
),
);
}
function painting({ map, get, set, brush }) {
let held = null;
let last = 0;
const isOn = () => kindOfData(get().data) === "painted";
function put(event) {
const scales = map.scales();
const box = map.stage.getBoundingClientRect();
const [x, y] = [
scales.x.back(event.clientX - box.left),
scales.y.back(event.clientY - box.top),
];
if (Math.abs(x) > EDGE || Math.abs(y) > EDGE) return;
if (get().data.rows.length >= MOST_PAINTED) return;
last = event.timeStamp;
set({
data: {
...get().data,
rows: [...get().data.rows, [Number(x.toFixed(2)), Number(y.toFixed(2)), brush.label]],
},
});
}
map.stage.addEventListener("pointerdown", (event) => {
if (!isOn() || event.button !== 0) return;
held = event.pointerId;
map.stage.setPointerCapture(held);
put(event);
});
map.stage.addEventListener("pointermove", (event) => {
if (event.pointerId === held && event.timeStamp - last > 60) put(event);
});
for (const end of ["pointerup", "pointercancel"])
map.stage.addEventListener(end, () => {
held = null;
});
}
return { playgroundOutput };
})();
const { playground } = (() => {
const SETTINGS = ["features", "layers", "optimizer", "loss", "batch", "seed"];
const SENT = ["data", ...SETTINGS, "stop", "other"];
const playground = {
name: "playground",
title: "Playground",
keys: [
["space", "train or pause"],
[".", "one epoch"],
["r", "start again with new weights"],
["u", "undo the last change"],
],
initial: () => ({
data: { name: "circle", points: 500, noise: 0, share: 0.5, classes: 2, seed: 0 },
layers: [newLayer(), newLayer({ units: 2 })],
...usualState(),
}),
mount: mountPlayground,
};
function mountPlayground(context) {
const { state, theme, hello } = context;
const get = () => state.get();
const colors = () => theme.get().colors;
const brush = { label: 1 };
const live = {
state: null,
points: null,
progress: null,
map: null,
units: null,
looked: [null, null],
running: false,
adopting: false,
newest: null,
refused: {},
};
const set = (patch) => state.set(patch);
const data = dataControls({
get: () => get().data,
set: (value) => set({ data: value }),
brush,
live,
opened: hello.opened.data?.target ? hello.opened.title || "the opened rows" : null,
send: context.transport.table,
failed: context.failed,
});
const network = playgroundNetwork({
catalogue: hello.catalogue,
get,
set,
colors,
act,
weights: () => live.units,
look: (column, unit) => {
live.looked = [column, unit];
output.look(column, unit);
},
});
const output = playgroundOutput({ live, get, set, colors, brush });
const findings = findingsBox({ back: (rate) => act("back", { rate }) });
const bar = runBar({ get, set, live, act, toggle, compare });
const settings = settingsOf({ catalogue: hello.catalogue, get, set });
const ask = inOrder((name, values) => context.ask(name, values));
const isRefused = (name) => name in live.refused && same(get()[name], live.refused[name]);
function changedNames() {
const known = live.state?.data.state ?? {};
return SENT.filter((name) => !isRefused(name) && !same(get()[name], known[name]));
}
const differences = () => Object.fromEntries(changedNames().map((name) => [name, get()[name]]));
async function changedHere() {
const version = {};
live.newest = version;
await act(
"set",
() => (live.newest === version ? { changes: differences() } : null),
() => {
context.clear(...SENT.filter((name) => !isRefused(name)));
if (live.newest === version) live.newest = null;
},
(error) => {
const name = error.field?.split(".")[0];
if (!SENT.includes(name)) return;
live.refused[name] = get()[name];
if (live.newest === version && changedNames().length) changedHere();
},
);
}
async function begin() {
const isFresh = SENT.every((name) => same(get()[name], playground.initial()[name]));
live.newest = isFresh && !context.isLesson ? null : {};
act("show");
if (live.newest) changedHere();
if (context.isLesson) {
act("pause");
act("reset");
}
}
async function act(name, values = {}, answered = () => {}, refused = () => {}) {
if (name === "undo" || name === "back") {
live.newest = null;
live.refused = {};
}
try {
const frame = await ask(name, values);
answered();
if (frame) take(frame);
} catch (error) {
context.failed(error);
refused(error);
}
}
function toggle() {
if (live.running) act("pause");
else act("run", { speed: speedOf(get().speed) });
}
function compare() {
const now = get();
set({
other: now.other ? null : Object.fromEntries(SETTINGS.map((name) => [name, now[name]])),
});
}
function take(frame) {
if (frame.kind === "state") adopt(frame);
else if (frame.kind === "finding") findings.show(frame);
else if (frame.kind in live) live[frame.kind] = frame;
if (frame.kind === "progress") context.announce(output.summary());
if (frame.kind === "units" || frame.kind === "points") network.paint(...output.unitMaps());
bar.update();
output.redraw();
}
function adopt(frame) {
live.state = frame;
live.running = frame.data.running;
const known = frame.data.state;
const names = SENT.filter((name) => !isRefused(name));
if (live.newest === null && names.some((name) => !same(known[name], get()[name]))) {
live.adopting = true;
set(Object.fromEntries(names.map((name) => [name, known[name]])));
live.adopting = false;
}
network.update(output.names());
network.paint(...output.unitMaps());
data.update();
}
const unwatch = theme.subscribe(() => {
network.paint(...output.unitMaps());
output.redraw();
});
const box = element(
"div",
{ class: "playground" },
bar.element,
element("div", { class: "side" }, data.element, settings.element),
element("div", { class: "network-area" }, network.element, findings.element),
element("div", { class: "output-area" }, output.element),
);
return {
element: box,
update(now, before) {
if (!before) begin();
else if (!live.adopting && SENT.some((name) => !same(now[name], before[name]))) changedHere();
if (before && now.speed !== before.speed && live.running)
act("run", { speed: speedOf(now.speed) });
box.classList.toggle("two", Boolean(now.other));
data.update();
settings.update(now);
network.update(output.names());
bar.update();
output.update(now);
},
pushed: take,
keydown(event) {
const key = {
" ": toggle,
".": () => act("step"),
r: () => act("reset"),
u: () => act("undo"),
}[event.key];
if (key) key();
return Boolean(key);
},
python: () => ({}),
close: unwatch,
};
}
return { playground };
})();
const { experimentPicture } = (() => {
function experimentPicture(effect, change, colors) {
const { before, after, score, low, high, seeds } = effect;
const [without, changed] = [mean(before), mean(after)];
const ends = [without + low, without + high];
const gain = `gain ${signed(changed - without)} (${signed(low)} to ${signed(high)})`;
return createPicture({
title: `Experiment: ${change}`,
file: "experiment",
height: () => 190,
describe: () =>
`${score}: ${shortNumber(without, 3)} as it is, ${shortNumber(changed, 3)} with the change, ` +
`${gain} over ${seeds} seeds.`,
rows: () => ({
head: ["seed", "as it is", "with the change"],
body: before.map((value, seed) => [seed, value, after[seed]]),
}),
draw(pen, size) {
const area = { left: 64, top: 12, right: size.width - 12, bottom: size.height - 46 };
const [least, most] = extent([before, after, ends]) ?? [0, 1];
const room = (most - least) * 0.08 || 0.1;
const y = createScale(least - room, most + room, area.bottom, area.top);
const [left, right] = [0.28, 0.72].map(
(share) => area.left + share * (area.right - area.left),
);
const none = { ticks: () => [], at: () => 0 };
drawAxes(pen, area, { x: none, y, xLabel: gain, yLabel: score, colors, grid: true });
before.forEach((value, seed) =>
pen.line([left, y.at(value), right, y.at(after[seed])], { stroke: colors.quiet, width: 1 }),
);
const style = { fill: colors.series[0], stroke: colors.page, width: 1.5 };
const bar = { stroke: colors.text, width: 2 };
pen.line([right, y.at(ends[0]), right, y.at(ends[1])], bar);
for (const end of ends) pen.line([right - 6, y.at(end), right + 6, y.at(end)], bar);
pen.marker(0, left, y.at(without), 6, style);
pen.marker(0, right, y.at(changed), 6, style);
const label = { color: colors.text, anchor: "middle", size: 12 };
pen.text(left, area.bottom + 13, "as it is", label);
pen.text(right, area.bottom + 13, "with the change", label);
},
});
}
function mean(values) {
return values.reduce((sum, value) => sum + value, 0) / values.length;
}
function signed(value) {
return (value < 0 ? "−" : "+") + shortNumber(Math.abs(value), 3);
}
return { experimentPicture };
})();
const { findingsOf } = (() => {
function findingsOf(runs, page) {
return runs.flatMap(({ name, findings, verdicts, proved, diff, program, faults }) => {
const train = page.train(name);
const confirmed = [...verdicts.keys()].filter((at) => verdicts[at].status === "confirmed");
const cards = [
...verdicts.map((verdict, at) =>
verdictCard(name, verdict, proved, page, train && (() => train([at]))),
),
...findings.map((finding) =>
findingCard(name, finding.sentence, finding.remedy, finding.severity),
),
...faults.map((fault) => findingCard(name, fault, "", "warning")),
];
if (!diff) return cards;
const all = { change: "all confirmed changes", diff, program };
return [...cards, diffCard(name, all, page, train && (() => train(confirmed)))];
});
}
function findingCard(run, sentence, remedy, severity) {
return element(
"article",
{ class: `finding ${severity === "error" ? "severe" : ""}` },
element("p", {}, element("strong", {}, `${run}: `), sentence),
remedy && !sentence.includes(remedy) ? element("p", { class: "remedy" }, remedy) : null,
);
}
function verdictCard(run, verdict, proved, page, train) {
const facts = Object.entries(verdict.evidence ?? {}).filter(
([, value]) => typeof value !== "object",
);
const { effect, change } = verdict;
return element(
"article",
{ class: "finding" },
element(
"p",
{},
element("strong", {}, `${run}: `),
verdict.sentence ?? verdict.title ?? verdict.rule,
),
element("p", { class: "remedy" }, verdict.remedy ?? ""),
facts.length
? element(
"p",
{ class: "fact" },
facts
.map(
([name, value]) =>
`${name.replaceAll("_", " ")} ${typeof value === "number" ? shortNumber(value) : value}`,
)
.join(", "),
)
: null,
element(
"p",
{ class: "fact" },
proved ? (verdict.status ?? "") : "suspected, not proved by an experiment",
),
effect ? drawn(experimentPicture(effect, change ?? "", page.colors)) : null,
verdict.diff ? applyButton(verdict, page, train) : null,
);
}
function drawn(picture) {
picture.redraw();
return picture.element;
}
function diffCard(run, all, page, train) {
return element(
"article",
{ class: "finding" },
element(
"p",
{},
element("strong", {}, `${run}: `),
"what the doctor would change in the program",
),
element("pre", { class: "code", tabindex: 0, "aria-label": "change of the program" }, all.diff),
applyButton(all, page, train),
);
}
function applyButton(verdict, page, train) {
return element(
"p",
{ class: "row" },
button("Apply …", () => showChange(verdict, page.root, train), {
title: `apply: ${verdict.change}`,
}),
);
}
function showChange({ change, diff, program }, root, train) {
const dialog = openDialog(
root,
`Apply: ${change}`,
train
? element(
"p",
{ class: "row" },
button(
"Train the changed model",
() => {
dialog.close();
train();
},
{ class: "main-button" },
),
"as a new run beside this one",
)
: element(
"p",
{},
"This run belongs to a script, which the page does not change: change it as below, and run " +
"it again.",
),
copied("The change", diff, "copied; apply it with git apply"),
program ? copied("The whole program with it", program, "copied") : null,
);
}
function copied(title, text, done) {
const said = element("span", { role: "status", class: "copied" });
const copy = button("Copy", async () =>
say(said, (await copyText(text)) ? done : "select the text and copy it with the keyboard"),
);
return element(
"section",
{ "aria-label": title },
element("p", { class: "row" }, element("strong", {}, title), copy, said),
element("pre", { class: "code", tabindex: 0, "aria-label": title }, text),
);
}
return { findingsOf };
})();
const { ownTrainings } = (() => {
function ownTrainings(does) {
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
return { ownTrainings };
})();
const { curvesOf, curvesDrawing, layersDrawing, baseOf, kindOf } = (() => {
function curvesOf(known, state, colors) {
if (!known.curves) return [];
const { curves } = known.curves.data;
const shown = state.runs ?? [];
const named = curves.some(({ metric }) => baseOf(metric) === state.metric)
? state.metric
: baseOf(curves[0]?.metric ?? "");
return curves
.map((curve, place) => ({ ...curve, place }))
.filter(({ metric }) => baseOf(metric) === named)
.map(({ run, metric, place }) => {
const index = Math.max(0, shown.indexOf(run));
return {
name: `${run} ${metric}`,
color: colors.series[index % colors.series.length],
shape: index,
dash: metric.startsWith("val_") ? [7, 4] : metric.startsWith("batch ") ? [1, 3] : undefined,
places: known.curves.arrays[`x_${place}`],
values: known.curves.arrays[`y_${place}`],
};
});
}
function curvesDrawing(known, get, colors) {
const curves = () => curvesOf(known, get(), colors());
return {
title: "Curves",
file: "training",
height: (width) => Math.max(240, Math.min(width * 0.6, 520)),
draw: (pen, size) =>
drawChart(pen, size, {
curves: curves(),
log: get().log,
xLabel: "epochs done",
yLabel: get().metric + (get().log ? " (logarithmic)" : ""),
colors: colors(),
most: mostShown(curves(), get().log),
}),
describe: () => describeCurves("Curves", curves()),
rows() {
const all = curves();
return all.length > 1 && all.some(({ places }) => !same([...places], [...all[0].places]))
? {
head: ["curve", "epochs done", "value"],
body: all.flatMap(({ name, places, values }) =>
[...values].map((value, index) => [name, places[index], value]),
),
}
: rowsOfCurves(all, "epochs done");
},
};
}
function histogramsOf({ layers }, state, colors) {
if (!layers) return [];
const { epochs, facts } = layers.arrays;
const wanted = state.epochs ?? Infinity;
let row = epochs.length - 1;
while (row > 0 && epochs[row] > wanted) row -= 1;
const count = layers.data.names.length;
return layers.data.names
.map((name, place) => {
const bins = layers.shapes[`counts_${place}`][1];
const [mean, deviation, zeros, bad] = facts.slice(
4 * (row * count + place),
4 * (row * count + place) + 4,
);
const note =
`mean ${shortNumber(mean, 3)}, deviation ${shortNumber(deviation, 3)}` +
(zeros > 0.01 ? `, ${Math.round(100 * zeros)} % zeros` : "") +
(bad ? `, ${bad} not finite` : "");
return {
name,
mean,
deviation,
note,
color: colors.series[0],
counts: layers.arrays[`counts_${place}`].subarray(row * bins, (row + 1) * bins),
edges: layers.arrays[`edges_${place}`].subarray(row * (bins + 1), (row + 1) * (bins + 1)),
};
})
.filter(({ name }) => kindOf(name) === state.kind);
}
function layersDrawing(known, get, colors) {
const rows = () => histogramsOf(known, get(), colors());
return {
title: "Layers",
file: "layers",
height: () => 60 + 84 * Math.max(1, rows().length),
draw: (pen, size) =>
drawHistograms(pen, size, { rows: rows(), colors: colors(), xLabel: "value" }),
describe: () => describeHistograms("Layers", rows()),
rows: () => ({
head: ["layer", "from", "to", "count"],
body: rows().flatMap(({ name, counts, edges }) =>
[...counts].map((count, bin) => [name, edges[bin], edges[bin + 1], count]),
),
}),
};
}
function baseOf(metric) {
return metric.replace(/^(val_|batch )/, "");
}
function kindOf(name) {
return name.split(" of ")[0];
}
return { curvesOf, curvesDrawing, layersDrawing, baseOf, kindOf };
})();
const { training } = (() => {
const MOST_SHOWN = 8;
const LOOK_AGAIN = 3000;
const training = {
name: "training",
title: "My training",
keys: [],
initial: () => ({ runs: null, metric: "loss", log: false, epochs: null, kind: "weights" }),
mount: mountTraining,
};
function mountTraining(context) {
const { state, theme } = context;
const get = () => state.get();
const known = { runs: [], curves: null, layers: null, findings: [], changeable: [] };
const colors = () => theme.get().colors;
const list = element("div", { class: "run-list", role: "group", "aria-label": "runs" });
const empty = element(
"div",
{ class: "group", hidden: true },
element("p", {}, "No run is here yet. A training writes one if it has this callback:"),
element(
"pre",
{ class: "code", tabindex: 0, "aria-label": "Python code" },
'model.fit(x, y, callbacks=[st.studio.Watch("runs")])',
),
element("p", {}, "Start the studio with the folder: steepest studio runs"),
);
const findings = element("div", {
class: "findings",
role: "group",
"aria-label": "findings",
"data-part": "findings",
});
const chart = createPicture(curvesDrawing(known, get, colors));
const layers = createPicture(layersDrawing(known, get, colors));
const metric = element("div");
const log = tickControl({
label: "logarithmic",
compact: true,
value: get().log,
change: (value) => state.set({ log: value }),
});
const layerControls = element("div", { class: "row layer-controls" });
let offered = "";
const fetchRuns = latestOnly(
() => context.ask("runs", {}),
(frame) => {
known.runs = frame.data.runs;
empty.hidden = known.runs.length > 0;
report.disabled = !known.runs.length;
known.changeable = frame.data.own.changeable;
own.show(frame.data.own);
showFindings();
if (get().runs === null && known.runs.length)
state.set({ runs: known.runs.slice(-3).map(({ name }) => name) });
showRuns();
},
context.failed,
);
const openRuns = latestOnly(
(runs) => context.ask("open", { runs }),
(frame) => take(frame),
(error) => {
if (error.field?.startsWith("runs.")) state.set({ runs: null });
context.failed(error);
},
);
const timer = setInterval(() => fetchRuns(null), LOOK_AGAIN);
const own = ownTrainings({
start: (values) => begin("train", values),
stop: () => context.ask("stop", {}).catch(context.failed),
});
const report = button("Save a report", saveReport, {
title: "save curves, histograms and findings of these runs as one file of HTML",
});
async function begin(act, values) {
try {
const { run } = (await context.ask(act, values)).data;
state.set({ runs: [...(get().runs ?? []), run].slice(-MOST_SHOWN) });
fetchRuns(null);
} catch (error) {
context.failed(error);
}
}
async function saveReport() {
try {
const { name, html } = (await context.ask("report", { runs: get().runs ?? [] })).data;
download(name, new Blob([html], { type: "text/html" }));
} catch (error) {
context.failed(error);
}
}
function showFindings() {
const text = JSON.stringify([known.findings, known.changeable, colors()]);
if (findings.shown === text) return;
findings.shown = text;
const train = (run) =>
known.changeable.includes(run) ? (verdicts) => begin("apply", { run, verdicts }) : null;
refill(findings, findingsOf(known.findings, { root: context.root, colors: colors(), train }));
}
function take(frame) {
if (frame.kind === "curves") {
known.curves = frame;
for (const run of frame.data.runs)
known.runs = known.runs.map((old) => (old.name === run.name ? run : old));
showRuns();
showMetrics();
chart.redraw();
context.announce(describeCurves("Curves", curvesOf(known, get(), colors()).slice(0, 4)));
} else if (frame.kind === "layers") {
known.layers = frame;
showLayerControls();
layers.redraw();
} else if (frame.kind === "finding") {
known.findings = frame.data.runs;
showFindings();
}
}
function showRuns() {
const chosen = get().runs ?? [];
const text = JSON.stringify([known.runs, chosen]);
if (text === offered) return;
offered = text;
refill(
list,
known.runs.map((run) => {
const place = chosen.indexOf(run.name);
const input = element("input", {
type: "checkbox",
"aria-label": `show ${run.name}`,
disabled: run.state === "unreadable" || (place < 0 && chosen.length >= MOST_SHOWN),
});
input.checked = place >= 0;
input.addEventListener("change", () =>
state.set({
runs: input.checked
? [...chosen, run.name]
: chosen.filter((name) => name !== run.name),
epochs: null,
}),
);
const name = element("span", { class: "run-name" }, run.name);
if (place >= 0) name.style.color = colors().series[place % colors().series.length];
return element(
"label",
{ class: "run" },
input,
name,
element("span", { class: "run-facts" }, factsOf(run)),
);
}),
);
}
function showMetrics() {
const names = [...new Set(known.curves.data.curves.map((curve) => baseOf(curve.metric)))];
if (same(metric.names, names)) return;
metric.names = names;
refill(
metric,
choiceControl({
label: "Curve",
options: names,
value: get().metric,
change: (value) => state.set({ metric: value }),
compact: true,
}).element,
);
}
function showLayerControls() {
const { epochs } = known.layers.arrays;
const kinds = [...new Set(known.layers.data.names.map(kindOf))];
const text = JSON.stringify([[...epochs], kinds]);
if (layerControls.shown === text) return;
layerControls.shown = text;
const last = epochs[epochs.length - 1] ?? 0;
refill(
layerControls,
choiceControl({
label: "Of each layer",
options: kinds,
value: get().kind,
compact: true,
change: (kind) => state.set({ kind }),
}).element,
epochs.length > 1
? numberControl({
label: "after epochs",
low: epochs[0],
high: last,
whole: true,
compact: true,
value: get().epochs ?? last,
change: (value) => state.set({ epochs: value >= last ? null : value }),
}).element
: null,
);
}
const unwatch = theme.subscribe(() => {
offered = "";
showRuns();
showFindings();
chart.redraw();
layers.redraw();
});
return {
element: element(
"div",
{ class: "training" },
element(
"div",
{ class: "side" },
group("Runs", { "data-part": "runs" }, list),
metric,
log.element,
element("p", { class: "row" }, report),
own.element,
),
element("div", { class: "main-picture" }, empty, chart.element, findings),
element("div", { class: "second-picture" }, layers.element, layerControls),
),
update(now, before) {
if (!before) fetchRuns(null);
if (now.runs && !same(now.runs, before?.runs)) openRuns(now.runs);
log.set(now.log);
showRuns();
chart.redraw();
layers.redraw();
},
pushed: take,
close() {
clearInterval(timer);
unwatch();
},
};
}
function factsOf(run) {
if (run.state === "unreadable") return run.message;
const loss = run.last?.loss === undefined ? "" : `, loss ${shortNumber(run.last.loss, 3)}`;
const planned = run.planned ? ` of ${run.planned}` : "";
return `${run.state}, ${run.epochs}${planned} epochs${loss}`;
}
return { training };
})();
const { VIEWS } = (() => {
const VIEWS = [
landscape,
playground,
initialWeightsView,
microscope,
training,
modelView,
lessons,
];
return { VIEWS };
})();
const { start, merged } = (() => {
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
const python = button("Show the Python", () => mounted?.showPython(), {
class: "tool",
"data-id": "python",
});
const help = () => showKeys(root, mounted?.view.keys ?? []);
refill(
root,
element(
"header",
{ class: "top" },
element("h1", {}, "steepest studio"),
tabs,
busy,
element(
"div",
{ class: "top-tools" },
themeChoice(theme),
python,
options.address ? button("Copy link", copyLink, { class: "tool" }) : null,
copied,
button("Keys", help, { class: "tool", title: "the keys of this page (?)" }),
),
),
banner,
place,
live,
);
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
const known = VIEWS.filter((view) => isThere(view, hello));
const first = firstView(known, hello);
const states = Object.fromEntries(known.map((view) => [view.name, view.initial(hello)]));
store = createStore({ view: first, views: states, lesson: null, hide: [] });
const given = options.address ? await readLink(location.hash) : null;
apply(given ?? { view: options.view ?? first, state: options.state ?? {} });
tabs.append(
...known.map(({ name, title }) =>
button(title, () => open(name, {}), { class: "tab", "data-view": name }),
),
);
store.subscribe(changed);
mount();
return write(false);
}
function apply({ view, state }) {
const name = VIEWS.some((each) => each.name === view && store.get().views[view])
? view
: store.get().view;
const { lesson = null, hide = [], ...rest } = name === view ? state : {};
const views = store.get().views;
const isWhole = Object.keys(rest).length > 0;
const before = isWhole ? VIEWS.find((each) => each.name === name).initial(hello) : views[name];
store.set({ view: name, lesson, hide, views: { ...views, [name]: merged(before, rest) } });
}
function open(view, state) {
apply({ view, state });
write(true);
}
function mount() {
mounted?.close();
const now = store.get();
const view = VIEWS.find(({ name }) => name === now.view);
mounted = mountedView(view, {
store,
root,
transport,
hello,
theme,
announce,
failed,
open,
place,
busy,
});
for (const tab of tabs.children) {
if (tab.dataset.view === now.view) tab.setAttribute("aria-current", "page");
else tab.removeAttribute("aria-current");
}
python.hidden = !mounted.hasPython;
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
return linkOf(view, {
...views[view],
...(lesson ? { lesson } : {}),
...(hide.length ? { hide } : {}),
});
}
async function copyLink() {
const text = location.origin + location.pathname + (await currentLink());
say(copied, (await copyText(text)) ? "copied" : "copy the address of the page");
setTimeout(() => say(copied, ""), 4000);
}
function failed(error) {
if (closed) return;
if (error instanceof Refused && error.field && showAtField(place, error.field, error.message))
return;
if (error instanceof NotAllowed) {
showBanner(
"This address has no valid token. Open the address that the terminal printed when " +
"`steepest studio` started, with all that follows the #.",
);
} else if (error instanceof Unreachable) {
showBanner(
"The server of the studio does not answer; this page tries again by itself. If it was stopped, " +
"start `steepest studio` again and open the new address. Your settings are in the address " +
"of this page: its part from # on, added to the new address, brings them back.",
true,
);
clearTimeout(retrying);
retrying = window.setTimeout(begin, RETRY);
} else {
showBanner(error.message);
if (!(error instanceof Refused)) console.error(error);
}
}
function showBanner(sentence, isGone = false) {
banner.hidden = false;
if (isGone) banner.dataset.gone = "yes";
else delete banner.dataset.gone;
refill(
banner,
element("p", {}, sentence),
button(
"Close",
() => {
banner.hidden = true;
},
{ class: "tool" },
),
);
}
async function followed() {
const given = await readLink(location.hash);
if (!given || !store) return;
const { view, views } = store.get();
if (given.view !== view || !same(given.state, views[view])) apply(given);
}
function pressed(event) {
if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
if (event.target.closest("dialog")) return;
if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]"))
return;
if (event.key === " " && event.target.closest("button, summary, input, a")) return;
if (event.key === "?") help();
else if (!mounted?.keydown(event)) return;
event.preventDefault();
}
const keys = options.address ? document : root;
keys.addEventListener("keydown", pressed);
if (options.address) window.addEventListener("popstate", followed);
const silence = transport.listen(
(frame) => {
if (banner.dataset.gone) banner.hidden = true;
mounted?.pushed(frame);
},
(error) => (error ? failed(error) : undefined),
);
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
function themeChoice(theme) {
const select = element(
"select",
{ "aria-label": "colours of the page", class: "tool" },
[
["auto", "as the system"],
["light", "light"],
["dark", "dark"],
].map(([value, label]) => element("option", { value }, label)),
);
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
function isThere({ name }, { views, opened }) {
return (
name === "lessons" || (views.includes(name) && (name !== "model" || Boolean(opened.model)))
);
}
function firstView(known, { opened }) {
const wanted = opened.folder ? "training" : opened.model ? "model" : "landscape";
return (known.find(({ name }) => name === wanted) ?? known[0]).name;
}
function merged(initial, given) {
const typeOf = (value) => (Array.isArray(value) ? "list" : typeof value);
const fits = (name) =>
name in initial &&
(initial[name] === null ||
given[name] === null ||
typeOf(initial[name]) === typeOf(given[name]));
return {
...initial,
...Object.fromEntries(Object.entries(given).filter(([name]) => fits(name))),
};
}
return { start, merged };
})();
const { widgetTransport } = (() => {
function widgetTransport(model) {
let number = Math.floor(Math.random() * 2 ** 40);
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
const drawn = {
view: "session",
do: "acknowledge",
id: null,
with: { number: frame.number },
};
afterPaint(() => model.send(drawn));
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
return { widgetTransport };
})();
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
