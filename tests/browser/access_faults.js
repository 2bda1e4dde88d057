// What is wrong with the names, sizes, contrasts and width of a page; a list of sentences.
() => {
  const faults = [];
  const shown = (node) =>
    node.checkVisibility({ visibilityProperty: true }) && node.getBoundingClientRect().width > 0;
  const nameOf = (node) =>
    node.getAttribute("aria-label") ||
    (node.labels && [...node.labels].map((label) => label.textContent).join(" ")) ||
    (node.getAttribute("aria-labelledby") ?? "")
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent ?? "")
      .join("") ||
    node.textContent;
  const describe = (node) =>
    `${node.tagName} ${node.className?.baseVal ?? node.className} "${nameOf(node).slice(0, 40)}"`;
  const root = document.querySelector("#studio");
  for (const node of root.querySelectorAll(
    "button, input, select, textarea, summary, a, [tabindex='0'], [role=slider]",
  )) {
    if (!shown(node)) continue;
    if (!nameOf(node).trim()) faults.push(`no name: ${describe(node)}`);
    const { width, height } = node.getBoundingClientRect();
    if (Math.min(width, height) < 23.9)
      faults.push(`small (${width} x ${height}): ${describe(node)}`);
  }
  for (const canvas of root.querySelectorAll("canvas")) {
    if (shown(canvas) && !canvas.getAttribute("aria-label") && !canvas.closest("[aria-label]"))
      faults.push("a canvas without a name");
  }
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  if (new Set(ids).size !== ids.length) faults.push("an id is used twice");
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = ([red, green, blue]) =>
    0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const numbers = (color) => color.match(/[\d.]+/g).map(Number);
  const ground = (node) => {
    for (let place = node; place; place = place.parentElement) {
      const color = numbers(getComputedStyle(place).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (!text.textContent.trim() || !shown(node) || node.closest(".only-read, :disabled, option"))
      continue;
    const found = ratio(numbers(getComputedStyle(node).color), ground(node));
    if (found < 4.5) faults.push(`contrast ${found.toFixed(2)}: ${describe(node)}`);
  }
  const style = getComputedStyle(root);
  const color = (name) => {
    const text = style.getPropertyValue(`--${name}`).trim();
    return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  };
  for (const name of [
    "accent",
    "cold",
    "warm",
    "edge",
    "handle",
    "bad",
    "good",
    ...Array.from({ length: 8 }, (_, at) => `series-${at}`),
  ]) {
    for (const under of ["page", "panel"]) {
      const found = ratio(color(name), color(under));
      if (found < 3) faults.push(`contrast ${found.toFixed(2)}: --${name} on --${under}`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth)
    faults.push(`${document.documentElement.scrollWidth} pixels wide`);
  return [...new Set(faults)];
};
