// Notices on this device, where the browser has them. Which address follows a code is kept in the browser
// alone, for the service worker to open.
"use strict";
document.addEventListener("DOMContentLoaded", async () => {
  const form = document.querySelector("[data-push]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const button = form.querySelector("button"), status = form.querySelector("[role=status]"), field = form.elements.subscription;
  const key = Uint8Array.from(atob(form.dataset.push.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const mark = new Request(`${form.dataset.scope}ma/${form.dataset.code}`);
  const worker = await navigator.serviceWorker.register(form.dataset.worker, { scope: form.dataset.scope });
  const store = await caches.open("theo-doi phan-anh");
  const same = (one) => one && one.options.applicationServerKey && String(new Uint8Array(one.options.applicationServerKey)) === String(key);
  const held = async () => {
    const found = await worker.pushManager.getSubscription();
    return same(found) && await store.match(mark) ? found : null;
  };
  const show = (on) => { button.textContent = on ? button.dataset.on : button.dataset.off; };
  form.hidden = false;
  show(await held());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    status.textContent = "";
    try {
      const before = await held();
      const subscription = before || await subscribed();
      form.elements.act.value = before ? "unpush" : "push";
      field.value = JSON.stringify(subscription);
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (!answer.ok) throw new DOMException("not taken");
      if (before) await store.delete(mark); else await store.put(mark, new Response(location.pathname));
      show(!before);
      status.textContent = before ? "" : status.dataset.done;
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      status.textContent = status.dataset.refused;
    } finally {
      button.disabled = false;
    }
  });
  async function subscribed() {
    const old = await worker.pushManager.getSubscription();
    if (old && !same(old)) await old.unsubscribe();  // made for another key of the site
    await navigator.serviceWorker.ready;
    return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  }
});
