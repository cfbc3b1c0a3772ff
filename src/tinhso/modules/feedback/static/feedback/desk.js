// Pages are whole without this file. With it, the letters that stand beside what they do work as keys.
(() => {
  const typing = (one) => one.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
  const stored = () => { try { return localStorage.getItem("phim-tat") !== "tat"; } catch { return true; } };
  let on = stored();
  const rows = () => [...document.querySelectorAll("[data-row] th a")];
  const step = (by) => {
    const all = rows(), row = document.activeElement.closest("[data-row]");
    const here = row ? all.indexOf(row.querySelector("th a")) : -1;
    const next = all[Math.min(all.length - 1, Math.max(0, here + by))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = at.closest("form[data-quick]") || document.querySelector("form[data-quick]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.key === "Escape" && typing(at)) { at.blur(); return; }
    if (!on || event.ctrlKey || event.metaKey || event.altKey || typing(at)) return;
    const key = event.key.toLowerCase();
    if (rows().length && (key === "j" || key === "k")) { event.preventDefault(); step(key === "j" ? 1 : -1); return; }
    if (key === "x") {
      const row = at.closest("[data-row]");
      if (row) { event.preventDefault(); const box = row.querySelector("input[type=checkbox]"); box.checked = !box.checked; }
      return;
    }
    const goal = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!goal) return;
    event.preventDefault();
    if (goal.matches("input")) goal.focus(); else goal.click();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const toggle = event.target.closest("[data-shortcuts]");
    if (toggle) { on = !on; try { localStorage.setItem("phim-tat", on ? "co" : "tat"); } catch { /* kept for this page */ } label(toggle); }
  });
  const label = (one) => { one.textContent = on ? one.dataset.on : one.dataset.off; one.hidden = false; };
  document.querySelectorAll("[data-shortcuts]").forEach(label);
  document.querySelectorAll("[data-print]").forEach((one) => { one.hidden = false; });
  document.querySelectorAll("[data-scripted]").forEach((one) => { one.hidden = false; });
  document.querySelectorAll("[data-unscripted]").forEach((one) => { one.hidden = true; });
  const first = document.querySelector("[aria-invalid=true]")
    || document.querySelector(location.hash === "#viec" ? ".act form :is(textarea, input:not([type=hidden]), select)" : "form[data-fresh] :is(input:not([type=hidden]), textarea)");
  // Going to the fragment takes the focus away again, and when a browser does so is its own affair.
  const settle = () => { if (first && [document.body, document.querySelector("#viec")].includes(document.activeElement)) first.focus(); };
  settle();
  addEventListener("load", () => { for (const wait of [0, 60, 250, 800]) setTimeout(settle, wait); });
  // A choice of the list goes into the field that is sent.
  document.addEventListener("change", (event) => {
    const goal = event.target.dataset && event.target.dataset.fill;
    if (goal) document.getElementById(goal).value = event.target.value;
  });
  // What is chosen from a list, or typed, goes on a line of its own.
  document.querySelectorAll("[data-add]").forEach((one) => {
    const into = document.getElementById(one.dataset.add), known = new Set([...one.list.options].map((option) => option.value));
    const add = () => {
      into.value = [...into.value.split("\n"), one.value].filter((line) => line.trim()).join("\n");
      one.value = "";
    };
    one.addEventListener("input", () => { if (known.has(one.value)) add(); });
    one.addEventListener("change", add);
    one.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) { event.preventDefault(); add(); } });
  });
  // What the sender is told, put where everybody reads it, for the officer to change.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    event.preventDefault();
    const into = document.getElementById(button.dataset.to);
    into.value = document.getElementById(button.dataset.copy).value;
    into.focus();
  });
  // What the form's first fields bring up beside it, while somebody is still talking.
  document.querySelectorAll("[data-part]").forEach((part) => {
    const form = part.closest("form"), names = part.dataset.of.split(" ");
    let timer = 0, asked = "";
    const ask = async () => {
      const body = new FormData();
      for (const name of [...names, "csrfmiddlewaretoken"]) body.set(name, form.elements[name].value);
      const now = names.map((name) => body.get(name)).join("\n");
      if (now === asked) return;
      asked = now;
      const answer = await fetch(part.dataset.part, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (answer.ok && now === asked) document.getElementById(part.dataset.into).innerHTML = await answer.text();
    };
    part.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 300); });
    part.addEventListener("change", ask);
  });
  // Regions drawn on a photo are written into the field, which can be typed into as well.
  document.querySelectorAll("[data-marking]").forEach((frame) => {
    const field = document.getElementById(frame.dataset.marking), drawing = frame.querySelector("svg");
    const draw = (extra) => {
      const lines = [...field.value.split("\n"), ...(extra ? [extra.join(" ")] : [])];
      // As the server reads them.
      const numbers = lines.map((line) => (line.replaceAll(",", ".").match(/-?\d{1,3}(?:\.\d+)?/g) || []).map(Number));
      drawing.replaceChildren(...numbers.filter((one) => one.length === 4 && Math.min(...one) >= 0).map(([x, y, width, height]) => {
        const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, value);
        return rect;
      }));
    };
    let from = null;
    const point = (event) => {
      const box = frame.getBoundingClientRect(), share = (value, size) => Math.min(100, Math.max(0, (value / size) * 100));
      return [share(event.clientX - box.left, box.width), share(event.clientY - box.top, box.height)];
    };
    const region = (event) => { const [x, y] = point(event); return [Math.min(x, from[0]), Math.min(y, from[1]), Math.abs(x - from[0]), Math.abs(y - from[1])].map((one) => Number(one.toFixed(1))); };
    frame.addEventListener("pointerdown", (event) => { if (event.button || !event.isPrimary) return; from = point(event); frame.setPointerCapture(event.pointerId); event.preventDefault(); });
    frame.addEventListener("pointermove", (event) => { if (from && event.isPrimary) draw(region(event)); });
    frame.addEventListener("pointercancel", () => { from = null; draw(); });
    frame.addEventListener("pointerup", (event) => {
      if (!from || !event.isPrimary) return;
      const made = region(event);
      from = null;
      if (made[2] > 0.5 && made[3] > 0.5) field.value = (field.value.trim() + "\n" + made.join(" ")).trim();
      draw();
    });
    field.addEventListener("input", () => draw());
    document.querySelector(`[data-undo="${field.id}"]`).addEventListener("click", () => {
      field.value = field.value.trim().split("\n").slice(0, -1).join("\n");
      draw();
    });
    draw();
  });
})();
