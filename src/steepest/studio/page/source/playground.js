// The playground: data, features, a network that trains while one changes it, and what it says.

import { element } from "./dom.js";
import { inOrder } from "./latest.js";
import { dataControls } from "./playground_data.js";
import { findingsBox } from "./playground_findings.js";
import { newLayer, playgroundNetwork } from "./playground_network.js";
import { playgroundOutput } from "./playground_output.js";
import { runBar, settingsOf, speedOf, usualState } from "./playground_settings.js";
import { same } from "./store.js";

const SETTINGS = ["features", "layers", "optimizer", "loss", "batch", "seed"];
const SENT = ["data", ...SETTINGS, "stop", "other"];

/** The view. */
export const playground = {
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

  /** The settings that the engine does not have yet, without those that it has refused. */
  function changedNames() {
    const known = live.state?.data.state ?? {};
    return SENT.filter((name) => !isRefused(name) && !same(get()[name], known[name]));
  }

  const differences = () => Object.fromEntries(changedNames().map((name) => [name, get()[name]]));

  /** Sends what differs, once what was asked before is answered. */
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

  /**
   * Asks for something; `values` may be a function that gives them, or null, when it is sent.
   * What was refused stays in the page, so that it can be corrected, until it is taken back; the
   * other settings are sent without it.
   */
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

  /** A second network with these settings trains beside this one, which can then be changed. */
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

  /** Takes the state of the engine, which another page or an undo may have changed. */
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
