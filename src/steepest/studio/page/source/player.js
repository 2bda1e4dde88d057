// Play, pause, one step, the start: the buttons of what moves by steps.

import { button } from "./controls.js";
import { element, say } from "./dom.js";
import { lessMotion } from "./theme.js";

const SECONDS = 6;
const SLOW = 250;

/**
 * A player over steps 0 to `count()`. `show(step)` draws a step; null is the end.
 * @param {{count: () => number, get: () => number | null, show: (step: number | null) => void,
 *   word: string, seconds?: () => number, all?: string, first?: number}} given
 *   `first` is the number of the first step
 * @returns {{element: HTMLElement, toggle: () => void, step: () => void, rewind: () => void,
 *   stop: () => void, update: () => void}}
 */
export function createPlayer({
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
