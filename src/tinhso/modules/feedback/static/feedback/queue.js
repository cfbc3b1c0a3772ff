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

  // What became of one: "sent", "wrong" (a person has to look), "near" (others reported it), "waiting".
  const send = async (report) => {
    let answer;
    try {
      const asked = await fetch(report.tokenAddress, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!asked.ok) return { ...report, state: "waiting" };
      const form = new FormData();
      for (const [name, value] of report.fields) form.append(name, value);
      for (const photo of report.photos) form.append("photos", photo.blob, photo.name);
      form.set("csrfmiddlewaretoken", (await asked.json()).token);
      answer = await fetch(report.address, { method: "POST", body: form, headers: { Accept: "application/json" } });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return { ...report, state: "waiting" };  // no signal
    }
    if (answer.status === 429 || answer.status >= 500) return { ...report, state: "waiting" };
    if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) return { ...report, state: "waiting" };
    const told = await answer.json();
    if (answer.ok) return { key: report.key, state: "sent", title: report.title, code: told.code, secret: told.secret, follow: told.address };
    if (answer.status === 409) return { ...report, state: "near", similar: told.similar };
    return { ...report, state: "wrong", problems: told.problems };
  };

  // One at a time in the whole browser; another page that is at it already does it for us.
  const exclusively = (what) => self.navigator.locks ? self.navigator.locks.request("phan-anh", what) : what();
  const sendAll = (onlyKey) => exclusively(async () => {
    let last = null;
    for (const report of await all()) {
      if (onlyKey && report.key !== onlyKey) continue;
      if (report.state !== "waiting") continue;
      last = await send(report);
      // Made without signal: nobody is there to be asked, so it goes as it is.
      if (last.state === "near" && !onlyKey) last = await send({ ...report, fields: [...report.fields, ["seen_similar", "1"]] });
      await put(last);
    }
    return last;
  });
  return { all, put, remove, sendAll };
})();
