// The form is whole without this file. With it: the place from picture or phone, suggestions, and
// sending that survives a lost signal.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-report]");
  if (!form) return;
  const words = Object.fromEntries([...document.querySelector("[data-words]:is(template)").content.querySelectorAll("[data-w]")].map((one) => [one.dataset.w, one.textContent]));
  const make = (name, text, more) => Object.assign(document.createElement(name), { textContent: text || "" }, more || {});
  const field = (name) => form.elements[name];

  // -- place --
  const placed = form.querySelector("[data-placed]"), said = { photo: placed.dataset.photo, phone: placed.dataset.phone, map: placed.dataset.mapChosen, none: placed.dataset.none, near: placed.dataset.nearWord }, unpin = form.querySelector("[data-unpin]");
  document.addEventListener("placed", ({ detail }) => {
    field("lat").value = detail ? detail.lat.toFixed(6) : "";
    field("lon").value = detail ? detail.lon.toFixed(6) : "";
    unpin.hidden = !detail;
    placed.textContent = detail ? said[detail.how] + (detail.near ? ` (${said.near} ${detail.near.name})` : "") : "";
    askNear();
  });
  unpin.addEventListener("click", () => self.Place.unset());
  form.querySelector("[data-locate]").addEventListener("click", () => {
    if (!navigator.geolocation) { placed.textContent = said.none; return; }
    navigator.geolocation.getCurrentPosition(
      (found) => self.Place.set([found.coords.latitude, found.coords.longitude], "phone"),
      () => { placed.textContent = said.none; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
  document.addEventListener("map-ready", () => { if (field("lat").value) self.Place.set([+field("lat").value, +field("lon").value], "map"); });

  // -- pictures --
  let photos = [];
  const chosen = field("photos"), thumbs = form.querySelector("[data-thumbs]");
  const draw = () => {
    thumbs.replaceChildren(...photos.map((photo, i) => {
      const item = make("li"), remove = make("button", "×", { type: "button", className: "second", ariaLabel: `${words.drop} ${photo.name}` });
      remove.addEventListener("click", () => { photos.splice(i, 1); draw(); });
      if (photo.small) item.append(make("img", "", { src: photo.small, alt: photo.name }));
      item.append(remove);
      return item;
    }));
  };
  const small = async (blob) => {
    let picture;
    try { picture = await createImageBitmap(blob); } catch (error) {
      if (error instanceof DOMException) return "";  // no picture: the server says so
      throw error;
    }
    const canvas = document.createElement("canvas"), scale = 160 / Math.max(picture.width, picture.height);
    [canvas.width, canvas.height] = [picture.width * scale, picture.height * scale];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.7);
  };
  chosen.addEventListener("change", async () => {
    for (const file of chosen.files) {
      const point = await self.placeOfPhoto(file);
      if (point && !field("lat").value && self.Place) self.Place.set(point, "photo");
      const blob = await self.smallerPhoto(file);
      photos.push({ name: blob.name, blob, small: await small(blob) });
    }
    chosen.value = "";  // kept in `photos`, so that more can be added
    draw();
  });

  // -- suggestions: a person decides --
  const suggestion = form.querySelector("[data-suggestion]");
  field("text").addEventListener("change", async () => {
    suggestion.replaceChildren();
    if (field("category").value || !field("text").value.trim() || !navigator.onLine) return;
    const text = field("text").value, found = await get(`${form.dataset.suggest}?chu=${encodeURIComponent(text.slice(0, 500))}`);
    if (!found || !found.code || field("category").value || field("text").value !== text) return;
    const choose = make("button", words.choose, { type: "button", className: "second" });
    choose.addEventListener("click", () => { field("category").value = found.code; suggestion.replaceChildren(); askNear(); field("category").focus(); });
    suggestion.append(`${words.suggest} ${found.name} `, choose);
  });
  for (const name of ["category", "commune", "text"]) field(name).addEventListener("change", () => askNear());
  const near = form.querySelector("[data-near-list]"), held = near.querySelector("[data-held]");
  let seenSimilar = false, asking = 0;
  async function askNear() {
    const turn = ++asking;
    near.hidden = true;
    const asked = { lat: field("lat").value, lon: field("lon").value, xa: field("commune").value, "linh-vuc": field("category").value, chu: field("text").value.slice(0, 500) };
    if (!(asked.lat || asked.xa) || !(asked["linh-vuc"] || asked.chu.trim()) || !navigator.onLine) return;
    const found = await get(`${form.dataset.near}?${new URLSearchParams(asked)}`);
    // Answers may overtake each other; the last question counts.
    if (turn === asking) showNear(found ? found.similar : []);
  }
  function showNear(list) {
    near.querySelector("ul").replaceChildren(...list.map((one) => {
      const item = make("li");
      item.append(make("a", one.title, { href: one.address, target: "_blank" }), ` ${one.metres === null ? words.sameCommune : words.metres.replace("#", one.metres)}`);
      return item;
    }));
    near.hidden = !list.length;
    seenSimilar = list.length > 0;
  }
  async function get(address) {
    try {
      const answer = await fetch(address);
      return answer.ok ? await answer.json() : null;
    } catch (error) {
      if (error instanceof TypeError) return null;  // no signal
      throw error;
    }
  }

  // -- sending --
  const problems = form.querySelector("[data-problems]"), button = form.querySelector("button[type=submit]");
  const fresh = () => self.crypto.randomUUID ? crypto.randomUUID() : ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problems.replaceChildren();
    held.hidden = true;
    const fields = [];
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "csrfmiddlewaretoken") fields.push([name, name === "made_at" ? new Date().toISOString() : value]);
    if (seenSimilar) fields.push(["seen_similar", "1"]);
    const report = {
      key: field("key").value, state: "waiting", title: field("text").value.trim().slice(0, 80), fields,
      photos: photos.map(({ name, blob }) => ({ name, blob })), address: form.action, tokenAddress: new URL(form.dataset.token, location.href).href,
    };
    await Reports.put(report);  // before anything is sent: a lost signal loses nothing
    const done = await Reports.sendAll(report.key);
    button.disabled = false;
    if (!done || done.state === "waiting") { await later(); again(); await show(); box.scrollIntoView({ block: "nearest" }); return; }
    if (done.state === "sent") { receipt(done); return; }
    if (done.state === "refused") {  // kept: a page that is closed now loses nothing
      problems.append(make("p", refusal(done), { className: "note asks" }));
      problems.scrollIntoView({ block: "center" });
      show();
      return;
    }
    await Reports.remove(report.key);  // it is in the form still
    if (done.state === "near") { asking++; showNear(done.similar); held.hidden = false; near.scrollIntoView({ block: "center" }); return; }
    problems.append(...done.problems.map((one) => make("p", one.text, { className: "note asks" })));
    for (const one of form.elements) one.removeAttribute("aria-invalid");
    const first = done.problems.map((one) => field(one.field)).find((one) => one && one.focus);
    done.problems.forEach((one) => field(one.field) && field(one.field).setAttribute && field(one.field).setAttribute("aria-invalid", "true"));
    if (first) first.focus();
    problems.scrollIntoView({ block: "center" });
  });
  function again() {
    form.reset();
    photos = [];
    draw();
    if (self.Place) self.Place.unset();
    field("key").value = fresh();
    field("kept").value = "";
  }
  function receipt(done) {
    const shown = document.querySelector("[data-receipt]").content.cloneNode(true);
    shown.querySelector("[data-code]").textContent = done.code;
    shown.querySelector("[data-secret]").textContent = done.secret;
    shown.querySelector("[data-address]").href = done.follow;
    again();
    form.replaceWith(shown);
    document.querySelector(".receipt").focus();
    show();
  }
  async function later() {
    const worker = "serviceWorker" in navigator && await navigator.serviceWorker.getRegistration();
    if (worker && worker.sync) await worker.sync.register("phan-anh").catch(() => undefined);  // the page itself sends too
  }

  // -- what this machine holds --
  const box = document.getElementById("cho-gui"), list = box.querySelector("[data-queue]");
  const refusal = (one) => (one.status === 413 ? words.tooBig : one.status === 403 ? words.unproven : words.refused).replace("#", one.status);
  let shown = "[]";
  async function show() {
    const kept = await Reports.all();
    plan(kept);
    // Drawn anew only when it changed: whoever hears the page is not told the same at each try.
    const now = JSON.stringify(kept.map((one) => [one.key, one.state, one.why]));
    if (now === shown) return;
    shown = now;
    box.hidden = !kept.length;
    list.replaceChildren(...kept.map((one) => {
      const item = make("li"), remove = make("button", words.remove, { type: "button", className: "second" });
      item.dataset.state = one.state;
      remove.addEventListener("click", async () => { await Reports.remove(one.key); show(); });
      item.append(make("p", one.title || "…", { className: "what" }));
      if (one.state === "sent") {
        const code = make("p", `${words.sent} `);
        code.append(make("strong", one.code), " · ", make("a", words.open, { href: one.follow }));
        item.append(code, remove);
      } else if (one.state === "wrong") {
        item.append(make("p", `${words.wrong} ${one.problems.map((p) => p.text).join(" ")}`, { className: "bad" }), fixing(one), " ", remove);
      } else if (one.state === "refused") {
        const retry = make("button", words.retry, { type: "button", className: "second" });
        retry.addEventListener("click", async () => {
          retry.disabled = true;
          await Reports.put({ ...one, state: "waiting", why: "", tries: 0 });
          trySending();
        });
        item.append(make("p", refusal(one), { className: "bad" }), fixing(one), " ", retry, " ", remove);
      } else item.append(make("p", one.why === "busy" ? words.busy : words.waiting), remove);
      return item;
    }));
  }
  function fixing(one) {
    const fix = make("button", words.fix, { type: "button" });
    fix.addEventListener("click", () => back(one));
    return fix;
  }
  async function back(report) {
    for (const [name, value] of report.fields) {
      const into = field(name);
      if (into && into.type === "checkbox") into.checked = true; else if (into) into.value = value;
    }
    photos = [];
    for (const photo of report.photos) photos.push({ ...photo, small: await small(photo.blob) });
    draw();
    if (field("lat").value && self.Place) self.Place.set([+field("lat").value, +field("lon").value], "map");
    await Reports.remove(report.key);
    show();
    field("text").focus();
  }
  // While the page is open, what waits is tried again when its pause is over.
  let timer;
  function plan(kept) {
    clearTimeout(timer);
    const next = Math.min(...kept.filter((one) => one.state === "waiting" && one.until).map((one) => one.until));
    if (next < Infinity) timer = setTimeout(trySending, Math.min(Math.max(next - Date.now(), 1000), 3600000));
  }
  async function trySending() {
    await show();
    clearTimeout(timer);
    await Reports.sendAll();
    await show();
  }
  self.addEventListener("online", trySending);
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(form.dataset.worker, { scope: form.dataset.scope });
    navigator.serviceWorker.addEventListener("message", show);
  }
  trySending();
});
