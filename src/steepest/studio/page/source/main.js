// The module: a widget of a notebook, or the page in a browser.

import { httpTransport } from "./http_transport.js";
import { takeToken } from "./link.js";
import { start } from "./shell.js";
import { widgetTransport } from "./widget_transport.js";

if (document.documentElement.dataset.studio !== undefined) {
  start(document.getElementById("studio"), httpTransport(takeToken()), { address: true });
}

export default {
  /** Starts a widget of anywidget. */
  render({ model, el }) {
    const root = document.createElement("div");
    el.append(root);
    const state = model.get("state") ?? {};
    return start(root, widgetTransport(model), { address: false, view: model.get("view"), state });
  },
};
