// The service worker: keeps the pages' own files, so that they open when the box cannot be reached and can say so.
// Never keeps an answer of /api/ nor a picture. What the box sends counts as long as it answers: nothing here grows old.

/** What a module of this kind finds in place of a window. */
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));

const KEPT = "shell";
const SAD = "/assets/offline.html";
const WAIT_MS = 3000;

/** One page for every station. @param {URL} url  null: not ours to keep */
function nameOf(url) {
  if (url.pathname.startsWith("/station/"))
    return "/station/";
  return url.pathname === "/" || url.pathname.startsWith("/assets/") ? url.pathname : null;
}

/** @param {string} name @param {Response} answer */
async function keep(name, answer) {
  if (answer.ok && !answer.redirected)
    await (await caches.open(KEPT)).put(name, answer);
}

/** The box first: its files carry their hash (ETag), so an unchanged one costs a header only.
 *  @param {Request} request @param {string} name */
async function answerTo(request, name) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(WAIT_MS) });
    await keep(name, answer.clone());
    return answer;
  } catch (fault) {
    const kept = await caches.match(name) ?? (request.mode === "navigate" ? await caches.match(SAD) : null);
    if (!kept)
      throw fault;
    return kept;
  }
}

worker.addEventListener("install", (event) => {
  worker.skipWaiting();
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll([SAD, "/assets/tokens.css", "/assets/station.css", "/assets/icon.svg", "/assets/again.js"])));
});

worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const name = event.request.method === "GET" && url.origin === location.origin ? nameOf(url) : null;
  if (name)
    event.respondWith(answerTo(event.request, name));
});

// The first page was loaded before this worker was there: it says what it is made of.
worker.addEventListener("message", (event) => event.waitUntil(Promise.all(event.data.map(async (/** @type {string} */ address) => {
  const name = nameOf(new URL(address, location.origin));
  if (name)
    await keep(name, await fetch(address));
}))));
