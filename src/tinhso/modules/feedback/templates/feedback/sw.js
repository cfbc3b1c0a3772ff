// Keeps the form of reports at hand without signal, and sends what waits when it is back.
"use strict";
importScripts("{{ queue|escapejs }}");
const ASSETS = [{% for one in assets %}"{{ one|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const FORM = "{% url 'feedback:send' %}";
const STORE = "phan-anh {{ version }}";
self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const store = await caches.open(STORE);
    await store.addAll(ASSETS);
    // As somebody who has not signed in: what is kept is the same for whoever uses this machine.
    const form = await fetch(FORM, { credentials: "omit", cache: "no-store" });
    if (form.ok) await store.put(FORM, form);
    await self.skipWaiting();
  })());
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("phan-anh ") && name !== STORE && name.endsWith("{{ language }}")) await caches.delete(name);
    await self.clients.claim();
  })());
});
self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate" && address.pathname === FORM) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(FORM)) || Response.error()));
  } else if (ASSETS.includes(address.pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
});
self.addEventListener("push", (event) => {
  const told = event.data.json();
  event.waitUntil(self.registration.showNotification(told.title, { body: told.body, lang: told.language, tag: told.code, data: told }));
});
self.addEventListener("notificationclick", (event) => {
  const told = event.notification.data;
  event.notification.close();
  event.waitUntil((async () => {
    const kept = await caches.match("{% url 'feedback:list' %}ma/" + told.code);
    await self.clients.openWindow(kept ? await kept.text() : told.path);
  })());
});
self.addEventListener("sync", (event) => {
  if (event.tag !== "phan-anh") return;
  event.waitUntil((async () => {
    await Reports.sendAll();
    for (const client of await self.clients.matchAll()) client.postMessage("sent");
  })());
});
