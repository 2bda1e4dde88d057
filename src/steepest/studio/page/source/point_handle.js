// A point over a picture that is dragged, moved by the arrow keys, or placed by a click.

import { vector } from "./dom.js";
import { shortNumber } from "./numbers.js";

/**
 * A handle on an overlay. `scales()` gives the scales of the picture, null before it is drawn.
 * @param {{overlay: SVGElement, stage: HTMLElement, label: string, name?: string,
 *   scales: () => {x: any, y: any} | null, get: () => [number, number],
 *   move: (point: [number, number]) => void}} given
 * @returns {{place: () => void}}
 */
export function pointHandle({ overlay, stage, label, name, scales, get, move }) {
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
