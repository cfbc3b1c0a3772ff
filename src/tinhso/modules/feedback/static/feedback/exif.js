// Where a picture was taken, from its own file (JPEG, EXIF 2.3, section 4.6.6); null where it does not say.
"use strict";
// The whole segment in which a JPEG tells of itself, with its marker and size; null where there is none.
const exifOf = async (file) => {
  const bytes = await file.slice(0, 256 * 1024).arrayBuffer(), view = new DataView(bytes);
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < view.byteLength;) {
    const marker = view.getUint16(at), size = view.getUint16(at + 2);
    if ((marker & 0xff00) !== 0xff00 || size < 2) return null;
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return bytes.slice(at, at + 2 + size);
    at += 2 + size;
  }
  return null;
};
self.placeOfPhoto = async (file) => {
  const segment = await exifOf(file);
  if (!segment) return null;
  try { return place(new DataView(segment, 10)); } catch (error) {
    if (error instanceof RangeError) return null;  // it points outside itself
    throw error;
  }

  function place(tiff) {
    const little = tiff.getUint16(0) === 0x4949;
    const u16 = (i) => tiff.getUint16(i, little), u32 = (i) => tiff.getUint32(i, little);
    const entries = (start) => {
      const found = new Map();
      for (let i = 0; i < Math.min(u16(start), 200); i += 1) found.set(u16(start + 2 + 12 * i), start + 2 + 12 * i);
      return found;
    };
    const gpsEntry = entries(u32(4)).get(0x8825);
    if (gpsEntry === undefined) return null;
    const gps = entries(u32(gpsEntry + 8));
    const degrees = (tag, sign, minus) => {
      if (!gps.has(tag)) return null;
      const start = u32(gps.get(tag) + 8);
      const part = (i) => u32(start + 8 * i) / u32(start + 8 * i + 4);
      const value = part(0) + part(1) / 60 + part(2) / 3600;
      const letter = gps.has(sign) ? String.fromCharCode(tiff.getUint8(gps.get(sign) + 8)) : "";
      return letter === minus ? -value : value;
    };
    const lat = degrees(2, 1, "S"), lon = degrees(4, 3, "W");
    const fine = Number.isFinite(lat) && Number.isFinite(lon) && lat !== null && lon !== null && (lat || lon);
    return fine ? [lat, lon] : null;
  }
};
// A picture as big as anybody needs to look at, so that a slow network carries it; what its file says of
// place and time comes along. The file itself where it is small already, or is no picture (the server says so).
self.smallerPhoto = async (file, most = 1600, heavy = 500_000) => {
  let picture;
  try { picture = await createImageBitmap(file, { imageOrientation: "from-image" }); } catch (error) {
    if (error instanceof DOMException) return file;
    throw error;
  }
  const long = Math.max(picture.width, picture.height), scale = Math.min(1, most / long);
  if (scale === 1 && file.size <= heavy && /^image\/(jpeg|png)$/.test(file.type)) return file;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const drawn = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.8); });
  if (!drawn || drawn.size >= file.size) return file;
  const told = upright(await exifOf(file));
  return new File(told ? [drawn.slice(0, 2), told, drawn.slice(2)] : [drawn], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });

  // The segment as it stands, but for the turning, which has been done.
  function upright(segment) {
    if (!segment || segment.byteLength !== 2 + new DataView(segment).getUint16(2)) return null;  // none, or cut off
    try {
      const tiff = new DataView(segment, 10), little = tiff.getUint16(0) === 0x4949;
      const first = tiff.getUint32(4, little);
      for (let i = 0; i < Math.min(tiff.getUint16(first, little), 200); i += 1) {
        const entry = first + 2 + 12 * i;
        if (tiff.getUint16(entry, little) === 0x0112) tiff.setUint16(entry + 8, 1, little);
      }
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
    return segment;
  }
};
