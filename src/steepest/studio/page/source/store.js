// One state object; every part of the page reads it here and is called when it changes.

/**
 * @typedef {{get: () => any, set: (patch: any) => void,
 *   subscribe: (listener: (state: any, previous: any) => void) => () => void}} Store
 */

/**
 * A store: `set` merges a patch into the state and calls the listeners with new and old state.
 * @param {any} initial
 * @returns {Store}
 */
export function createStore(initial) {
  let state = initial;
  const listeners = new Set();
  return {
    get: () => state,
    set(patch) {
      const previous = state;
      state = { ...state, ...patch };
      for (const listener of [...listeners]) listener(state, previous);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * The part of a store under one key, as a store.
 * @param {Store} store
 * @param {string} key
 * @returns {Store}
 */
export function sliceOf(store, key) {
  return {
    get: () => store.get()[key],
    set: (patch) => store.set({ [key]: { ...store.get()[key], ...patch } }),
    subscribe: (listener) =>
      store.subscribe((state, previous) => {
        if (state[key] !== previous[key]) listener(state[key], previous[key]);
      }),
  };
}

/**
 * Whether two JSON values are equal, whatever the order of their keys.
 * @param {any} one
 * @param {any} other
 * @returns {boolean}
 */
export function same(one, other) {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => name in other && same(one[name], other[name]))
  );
}
