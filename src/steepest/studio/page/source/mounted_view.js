// One view in the page: its frames, requests, lesson and Python.

import { clearErrors } from "./controls.js";
import { showPython } from "./dialogs.js";
import { element, refill } from "./dom.js";
import { lessonCard } from "./lesson_card.js";
import { sliceOf } from "./store.js";

const LATE = 300;

/**
 * A view that is shown, until `close`.
 * @param {any} view
 * @param {any} page the parts of the page that it uses
 * @returns {any}
 */
export function mountedView(view, page) {
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
