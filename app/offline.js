// Keeps the page at hand without a network: a service worker with one cache per version of the page.
//
// The build fills in the version and the files. The page's own files come from the cache of this version, so that
// scripts and modules of two versions never meet; a new version waits until the page lets it take over. The model is
// asked for anew and taken from the cache where no answer comes. Everything else (the runs) is left to the network.
const { version, files } = /* page */ { version: "", files: [] } /* page */;
const PAGE = `medley-page-${version}`;
const MODELS = "medley-models";
// As in the page; see app/src/state/actions.rs.
const MODEL = "models/medley-nano.safetensors";

const address = (name) => new URL(name, registration.scope).href;
const kept = new Set(files.map(address));

addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(PAGE);
    await cache.addAll(files.map((name) => new Request(address(name), { cache: "no-cache" })));
  };
  event.waitUntil(keep());
});

addEventListener("activate", (event) => {
  const takeOver = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("medley-page-") && name !== PAGE) await caches.delete(name);
    }
    await clients.claim();
    // The page has asked for it before this worker was there; the browser's own cache still has it.
    const models = await caches.open(MODELS);
    if (!(await models.match(address(MODEL)))) await models.add(address(MODEL)).catch(() => {});
  };
  event.waitUntil(takeOver());
});

addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  url.search = "";
  url.hash = "";
  const views = [address("./"), address("runs")];
  if (request.mode === "navigate" && views.includes(url.href)) {
    event.respondWith(fromCache(address("./"), request));
  } else if (kept.has(url.href)) {
    event.respondWith(fromCache(url.href, request));
  } else if (url.href === address(MODEL)) {
    event.respondWith(newest(event, url.href));
  }
});

async function fromCache(name, request) {
  const cache = await caches.open(PAGE);
  return (await cache.match(name)) ?? fetch(request);
}

async function newest(event, name) {
  const models = await caches.open(MODELS);
  try {
    const answer = await fetch(event.request);
    if (answer.status === 200) event.waitUntil(models.put(name, answer.clone()).catch(() => {}));
    return answer;
  } catch (error) {
    const known = await models.match(name);
    if (known) return known;
    throw error;
  }
}
