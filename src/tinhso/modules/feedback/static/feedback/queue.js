// Reports that were made without signal: kept in this machine, sent when it is back, each with its own
// key, so that once is once. Used by the page and by the service worker.
"use strict";
self.Reports = (() => {
  const open = () => new Promise((done, fail) => {
    const asked = indexedDB.open("phan-anh", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("reports", { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const run = async (mode, what) => {
    const db = await open();
    try {
      return await new Promise((done, fail) => {
        const act = db.transaction("reports", mode);
        const asked = what(act.objectStore("reports"));
        act.oncomplete = () => done(asked.result);
        act.onerror = act.onabort = () => fail(act.error);
      });
    } finally {
      db.close();
    }
  };
  const all = () => run("readonly", (store) => store.getAll());
  const put = (report) => run("readwrite", (store) => store.put(report));
  const remove = (key) => run("readwrite", (store) => store.delete(key));

  // The JSON of an answer; null where it is none, as a proxy's page or the sign-in page of a hotel.
  const read = async (answer) => {
    if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) return null;
    return answer.json();
  };
  // One try, with a fresh token: the answer, and what it tells.
  const post = async (report) => {
    const asked = await fetch(report.tokenAddress, { headers: { Accept: "application/json" }, cache: "no-store" });
    const given = asked.ok ? await read(asked) : null;
    if (!given) return [asked, null];
    const form = new FormData();
    for (const [name, value] of report.fields) form.append(name, value);
    for (const photo of report.photos) form.append("photos", photo.blob, photo.name);
    form.set("csrfmiddlewaretoken", given.token);
    const answer = await fetch(report.address, { method: "POST", body: form, headers: { Accept: "application/json" } });
    return [answer, await read(answer)];
  };

  // Pauses between tries grow from the first to the longest (ms), and differ between machines.
  const FIRST = 5000, LONGEST = 600000;
  const pause = (tries) => Math.min(FIRST * 2 ** tries, LONGEST) * (1 + Math.random() / 2);
  // RFC 9110, 10.2.3: seconds or a date; null where nothing is said.
  const retryAfter = (header) => {
    const told = /^\d+$/.test(header) ? header * 1000 : Date.parse(header) - Date.now();
    return Number.isNaN(told) ? null : Math.max(1000, told);
  };
  const wait = (report, why, header) => {
    const tries = report.tries || 0;
    return { ...report, state: "waiting", why, tries: tries + 1, until: Date.now() + (retryAfter(header || "") ?? pause(tries)) };
  };

  // What became of one: "sent", "wrong" (a person has to look), "near" (others reported it), "waiting"
  // (`why`: "signal" or "busy"; `until` when it is tried again, ms), "refused" (`status`: not by the form).
  const send = async (report) => {
    let answer, told;
    try {
      [answer, told] = await post(report);
      // The token went stale between two requests, as when somebody signs in meanwhile.
      if (answer.status === 403 && !told) [answer, told] = await post(report);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return wait(report, "signal");
    }
    if (answer.ok && told && told.code) return { key: report.key, state: "sent", title: report.title, code: told.code, secret: told.secret, follow: told.address };
    if (answer.status === 409 && told && told.similar) return { ...report, state: "near", similar: told.similar };
    if (told && told.problems) return { ...report, state: "wrong", problems: told.problems };
    if (answer.ok || answer.status === 429 || answer.status >= 500) return wait(report, "busy", answer.headers.get("Retry-After"));
    return { ...report, state: "refused", status: answer.status };
  };

  // One at a time in the whole browser; another page that is at it already does it for us.
  const exclusively = (what) => self.navigator.locks ? self.navigator.locks.request("phan-anh", what) : what();
  const sendAll = (onlyKey) => exclusively(async () => {
    let last = null;
    for (const report of await all()) {
      if (onlyKey && report.key !== onlyKey) continue;
      if (report.state !== "waiting") continue;
      if (!onlyKey && report.why === "busy" && report.until > Date.now()) continue;
      last = await send(report);
      // Made without signal: nobody is there to be asked, so it goes as it is.
      if (last.state === "near" && !onlyKey) last = await send({ ...report, fields: [...report.fields, ["seen_similar", "1"]] });
      await put(last);
    }
    return last;
  });
  return { all, put, remove, sendAll };
})();
