// Messages through a notebook: custom messages of anywidget with binary buffers.

import { afterPaint } from "./dom.js";
import { accepted, frameOf } from "./frame.js";

/**
 * The transport of the page as a widget.
 * @param {any} model of anywidget
 * @returns {import("./http_transport.js").Transport}
 */
export function widgetTransport(model) {
  // Two renders of one widget share its messages; neither is to take the other's answers.
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
