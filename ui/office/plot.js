// uPlot, which stands before the modules as a script of its own: only that form of it is small. Its types are the module's.

export default /** @type {typeof import("uplot")} */ (/** @type {any} */ (globalThis).uPlot);
