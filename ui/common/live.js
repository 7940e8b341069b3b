// One stream for all lists of a page, which tells the kinds of rows that have changed. It is closed while nobody sees the page
// or nothing on it listens, and opens again by itself. How it is opened, each house says. Shows nothing.

const LINGER_MS = 2000; // one list goes and the next comes
const FIRST_MS = 1000, LONGEST_MS = 30000; // from one try to the next

/** @typedef {{kinds: Set<string>, changed: () => void}} Watcher
 * @typedef {{began: () => void, changed: (kinds: string[] | null) => void, ended: () => void}} Hearer  changed: of these kinds, null:
 *  perhaps of any
 * @typedef {(kinds: string[], hearer: Hearer) => () => void} Open  opens a stream that tells of these kinds, and says how to close it */

/** @param {Open} open */
export function makeLive(open) {
  /** @type {Set<Watcher>} */
  const watchers = new Set();
  /** @type {null | {kinds: Set<string>, close: () => void}} */
  let stream = null;
  let timer = 0, wait = FIRST_MS;

  /** @param {string[] | null} kinds */
  const tell = (kinds) => {
    for (const watcher of [...watchers])
      if (!kinds || kinds.some((kind) => watcher.kinds.has(kind)))
        watcher.changed();
  };
  const wanted = () => [...new Set([...watchers].flatMap((watcher) => [...watcher.kinds]))].sort();
  const seen = () => document.visibilityState === "visible";

  function end() {
    clearTimeout(timer);
    timer = 0;
    stream?.close();
    stream = null;
  }

  function begin() {
    clearTimeout(timer);
    timer = 0;
    const kinds = wanted();
    if (!kinds.length || !seen() || (stream && kinds.every((kind) => stream?.kinds.has(kind))))
      return;
    stream?.close();
    const mine = { kinds: new Set(kinds), close: () => {} };
    stream = mine;
    /** @template {unknown[]} Given @param {(...given: Given) => void} act @returns {(...given: Given) => void} */
    const current = (act) => (...given) => { if (stream === mine) act(...given); };
    mine.close = open(kinds, {
      began: current(() => {
        wait = FIRST_MS;
        tell(null); // what happened before it began was told to nobody
      }),
      changed: current(tell),
      ended: current(() => {
        end();
        timer = setTimeout(begin, wait);
        wait = Math.min(2 * wait, LONGEST_MS);
      }),
    });
  }

  document.addEventListener("visibilitychange", () => (seen() ? begin() : end()));

  /** Calls back when rows of these kinds (with commas) may have changed, until it is stopped.
   * @param {string} kinds @param {() => void} changed @returns {() => void} stops it */
  return function watch(kinds, changed) {
    const watcher = { kinds: new Set(kinds.split(",")), changed };
    watchers.add(watcher);
    if (!timer || stream)
      begin();
    return () => {
      watchers.delete(watcher);
      if (!watchers.size) {
        clearTimeout(timer);
        timer = setTimeout(() => !watchers.size && end(), LINGER_MS);
      }
    };
  };
}

/** Runs work soon after it was wanted, once for however many wishes, and not again before it has rested.
 * @param {() => unknown} work @param {number} restMs @returns {{want: () => void, stop: () => void}} */
export function calmly(work, restMs) {
  let timer = 0, again = false, over = false;
  const run = async () => {
    again = false;
    await work();
    timer = over ? 0 : setTimeout(() => {
      timer = 0;
      if (again)
        want();
    }, restMs);
  };
  const want = () => {
    again = true;
    timer ||= setTimeout(run, 0);
  };
  return { want, stop: () => {
    over = true;
    clearTimeout(timer);
  } };
}
