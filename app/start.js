// Starts the page. A file of its own and not an inline script, so that the Content-Security-Policy needs no
// exception. The names of the page's script and module carry a hash and stand in this script's own tag.
const tag = document.querySelector("script[data-js]");
const address = (name) => new URL(name, tag.src).href;
const first = document.getElementById("first");

try {
  // The remembered colours at once, so that nothing flashes.
  const theme = localStorage.getItem("medley.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is refused; the system's colours stay.
}

try {
  const { default: init } = await import(address(tag.dataset.js));
  await init({ module_or_path: address(tag.dataset.wasm) });
  first.remove();
} catch (error) {
  console.error(error);
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  line.textContent = navigator.language.startsWith("ja")
    ? "このブラウザーではMedleyを起動できません。最新のChrome、Edge、Firefox、Safariをお試しください。"
    : "Medley could not start in this browser. Try a current Chrome, Edge, Firefox or Safari.";
  first.replaceChildren(line);
}

// The page without a network, and its next version. Where the browser has no service workers, or refuses one, the page
// is simply asked for each time.
async function keepAtHand() {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const registration = await workers.register(address("offline.js"), { updateViaCache: "none" });
  const announce = () => {
    // The first version of all takes over by itself.
    if (registration.waiting && workers.controller) window.dispatchEvent(new Event("medley-update"));
  };
  const follow = () => registration.installing?.addEventListener("statechange", announce);
  registration.addEventListener("updatefound", follow);
  follow();
  announce();
  window.addEventListener("medley-reload", () => {
    workers.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting?.postMessage("take over");
  });
}
keepAtHand().catch(() => {});
