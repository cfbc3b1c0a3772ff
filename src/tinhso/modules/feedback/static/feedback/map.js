// Maps: one to choose a point, one that shows what is published. They work without tiles.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".js").forEach((one) => { if (!one.matches("[data-near-list]")) one.hidden = false; });
  const holder = document.querySelector("[data-map]"), told = document.getElementById("map-data");
  if (!holder || !told || !self.L) return;
  const data = JSON.parse(told.textContent);
  const box = data.box ? [[data.box[0], data.box[1]], [data.box[2], data.box[3]]] : [[8, 102], [24, 110]];
  const map = L.map(holder, { preferCanvas: false, attributionControl: false, zoomSnap: 0.5 }).fitBounds(box);
  const css = getComputedStyle(document.documentElement);
  if (data.tiles) L.tileLayer(data.tiles, { maxZoom: 19 }).addTo(map);
  const communes = L.layerGroup().addTo(map);
  const names = () => {
    communes.clearLayers();
    const near = map.getBounds().pad(0.1), close = map.getZoom() >= 11;
    for (const [uid, name, lat, lon] of data.communes) {
      if (!near.contains([lat, lon])) continue;
      L.circleMarker([lat, lon], { radius: close ? 4 : 2.5, weight: 0, fillOpacity: 0.7, className: "commune-dot", interactive: false }).addTo(communes);
      if (close) L.marker([lat, lon], { interactive: false, keyboard: false, icon: L.divIcon({ className: "commune-name", html: "", iconSize: null }) }).addTo(communes).getElement().textContent = name;
    }
  };
  map.on("moveend", names);
  names();
  if (holder.dataset.map === "pick") {
    let pin = null;
    self.Place = {
      set(point, how) {
        const at = L.latLng(point[0], point[1]);
        if (!pin) {
          pin = L.marker(at, { draggable: true, autoPan: true, icon: L.divIcon({ className: "pin", iconSize: [28, 28], iconAnchor: [14, 28] }), alt: "" }).addTo(map);
          pin.getElement().ariaLabel = holder.dataset.pin;
          pin.on("dragend", () => tell(pin.getLatLng(), "map"));
        } else pin.setLatLng(at);
        if (how !== "map") map.setView(at, Math.max(map.getZoom(), 13));
        tell(at, how);
      },
      unset() { if (pin) pin.remove(); pin = null; document.dispatchEvent(new CustomEvent("placed", { detail: null })); },
    };
    const tell = (at, how) => document.dispatchEvent(new CustomEvent("placed", { detail: { lat: at.lat, lon: at.lng, how, near: nearest(at) } }));
    const nearest = (at) => data.communes.reduce((best, one) => {
      const away = map.distance(at, [one[2], one[3]]);
      return !best || away < best.away ? { away, name: one[1], uid: one[0] } : best;
    }, null);
    map.on("click", (event) => self.Place.set([event.latlng.lat, event.latlng.lng], "map"));
    document.dispatchEvent(new CustomEvent("map-ready"));
    return;
  }
  const shown = L.layerGroup().addTo(map), total = document.querySelector("[data-total]");
  let asked = 0;
  const load = async () => {
    const b = map.getBounds(), mine = asked += 1;
    const clip = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(5);
    const frame = [clip(b.getSouth(), 90), clip(b.getWest(), 180), clip(b.getNorth(), 90), clip(b.getEast(), 180)].join(",");
    const query = holder.dataset.query ? `&${holder.dataset.query}` : "";
    const answer = await fetch(`${data.points}?khung=${frame}${query}`);
    if (!answer.ok || mine !== asked) return;
    const found = await answer.json();
    shown.clearLayers();
    for (const one of found.circles) {
      const size = 26 + Math.min(26, 7 * Math.log10(one.n) * 2);
      const mark = L.marker([one.lat, one.lon], { icon: L.divIcon({ className: "cluster", iconSize: [size, size] }), title: String(one.n) }).addTo(shown);
      mark.getElement().textContent = one.n;
      mark.on("click", () => map.setView([one.lat, one.lon], map.getZoom() + 2));
    }
    for (const one of found.points) {
      const mark = L.marker([one.lat, one.lon], { icon: L.divIcon({ className: one.open ? "spot open" : "spot", iconSize: [18, 18] }), alt: one.title }).addTo(shown);
      const link = document.createElement("a");
      link.href = data.report.replace("/MA/", `/${one.code}/`);
      link.textContent = one.title;
      mark.bindPopup(link);
    }
    total.textContent = total.dataset.words.replace("#", found.total.toLocaleString(document.documentElement.lang));
  };
  map.on("moveend", load);
  load();
});
