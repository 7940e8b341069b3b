// Makes the page one that is installed and opens without the box (keeper.js). Browsers allow it on localhost and over TLS.

/** What this page is made of, as the browser has loaded it. */
const parts = () => performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname)
  .filter((path) => path.startsWith("/assets/"));

export async function install() {
  if (!isSecureContext || !("serviceWorker" in navigator))
    return;
  try {
    await navigator.serviceWorker.register("/keeper.js");
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage([location.pathname, ...parts()]);
  } catch {
    // storage may be forbidden: the page works without
  }
}
