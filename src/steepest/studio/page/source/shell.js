// The frame of the page: heading, views, errors, help; it holds the state and mounts one view.

import { createAnnouncer } from "./announce.js";
import { button, showAtField } from "./controls.js";
import { copyText, showKeys, showPython } from "./dialogs.js";
import { element, refill, say } from "./dom.js";
import { Refused } from "./frame.js";
import { NotAllowed, Unreachable } from "./http_transport.js";
import { linkOf, readLink } from "./link.js";
import { mountedView } from "./mounted_view.js";
import { createStore, same } from "./store.js";
import { watchTheme } from "./theme.js";
import { VIEWS } from "./views.js";

const RETRY = 2000;
const WRITE = 60;
const LATE = 300;

/**
 * Starts the page in an element. `address` says whether the state is in the page's address.
 * @param {HTMLElement} root
 * @param {import("./http_transport.js").Transport} transport
 * @param {{address: boolean, view?: string, state?: any}} options
 * @returns {() => void} ends it
 */
export function start(root, transport, options) {
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

  /** Opens a view in a state, or as it was left if the state is empty. */
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
      // A notebook may forbid storage; the choice then lasts as long as the page.
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

/** Whether a view can be shown: that of a model needs one. */
function isThere({ name }, { views, opened }) {
  return (
    name === "lessons" || (views.includes(name) && (name !== "model" || Boolean(opened.model)))
  );
}

/** The view that shows what was opened. */
function firstView(known, { opened }) {
  const wanted = opened.folder ? "training" : opened.model ? "model" : "landscape";
  return (known.find(({ name }) => name === wanted) ?? known[0]).name;
}

/**
 * A state with the values of another one that have the same type; others are left out.
 * @param {any} initial
 * @param {any} given
 * @returns {any}
 */
export function merged(initial, given) {
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
