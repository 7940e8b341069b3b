// Scans in the order they were made: one is with the box, the others wait here. Never drops one silently.

const WAITING_MAX = 16;

/** @param {{send: (text: string) => Promise<boolean>, refused: (text: string, why: string) => void,
 *   changed: (waiting: number) => void}} on  send answers whether the box took it; it has then told the worker */
export function makeLine(on) {
  /** @type {string[]} */
  const waiting = [];
  let busy = false;

  async function work() {
    busy = true;
    for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) {
      const taken = await on.send(text);
      if (!taken) // what follows was meant to come after it
        for (const after of waiting.splice(0))
          on.refused(after, "refusedBefore");
      on.changed(waiting.length);
    }
    busy = false;
  }

  return {
    /** @param {string} text */
    add(text) {
      if (waiting.length === WAITING_MAX) {
        on.refused(text, "refusedFull");
        return;
      }
      waiting.push(text);
      on.changed(waiting.length);
      if (!busy)
        work();
    },
  };
}
