// What screen readers say by themselves: at most one sentence in five seconds.

import { element, say } from "./dom.js";

const PAUSE = 5000;

/**
 * A live region and a function that says a sentence in it; the newest sentence wins.
 * @returns {{element: HTMLElement, announce: (sentence: string) => void}}
 */
export function createAnnouncer() {
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
