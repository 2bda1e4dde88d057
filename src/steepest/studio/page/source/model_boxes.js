// A network that is no chain of vectors: its layers as boxes in rows by depth, links as arrows.

import { element, refill, say, uniqueId, vector } from "./dom.js";

const MOST = 26; // characters of a line

/**
 * The drawing. `choose` is given the place of a layer that is pressed.
 * @param {(layer: number) => void} choose
 * @returns {{element: HTMLElement, show: (data: any) => void, mark: (layer: number) => void}}
 */
export function modelBoxes(choose) {
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

  /** The arrow keys go to the nearest box in their direction. */
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
