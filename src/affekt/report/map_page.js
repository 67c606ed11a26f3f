"use strict";
// One map: canvases that can be walked in. Numbers come as columns in base64, pictures as sheets of thumbnails.
const told = JSON.parse(document.getElementById("told").textContent);
const find = (id) => document.getElementById(id);
const SHAPES = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };
const column = ([kind, text]) => new SHAPES[kind](Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer);
const none = (values, row) => values[row] === 2 ** (8 * values.BYTES_PER_ELEMENT) - 1;  // no value stands there
const RIM = 0.03, MOST = 64, FAR = 14;  // share of a map left at its edge, largest zoom, px that the pointer may be off
const digits = column(told.ids), labels = column(told.labels), parts = column(told.part), groups = column(told.group);
const cells = column(told.cells), clears = column(told.clears);
const answers = told.answers.map(({ name, ...columns }) => Object.keys(columns).reduce(
  (one, key) => ({ ...one, [key]: column(columns[key]) }), { name }));
const n = told.names.length, opened = new Set();
const idOf = (row) => [...digits.subarray(row * told.digits / 2, (row + 1) * told.digits / 2)]
  .map((one) => one.toString(16).padStart(2, "0")).join("");
const state = { row: -1, held: false, by: "label", answer: answers[0], pictured: false };
const isOn = told.emotions.map(() => true);
const dark = matchMedia("(prefers-color-scheme: dark)");
let printed = false;
const sides = [...document.querySelectorAll("canvas.map")].map((canvas, at) => ({
  canvas, layer: document.createElement("canvas"), x: column(told.sides[at].x), y: column(told.sides[at].y),
  zoom: 1, across: 0.5, down: 0.5, size: 0, fingers: new Map(), moved: 0,
}));
const isThere = (side, row) => !none(side.x, row) && isOn[labels[row]];
const screen = (side, share, middle) => (RIM + share / told.steps * (1 - 2 * RIM) - middle) * side.zoom * side.size + side.size / 2;
const place = (side, row) => [screen(side, side.x[row], side.across), screen(side, side.y[row], side.down)];
const isInside = (side, [x, y]) => x >= 0 && y >= 0 && x <= side.size && y <= side.size;
const look = (row) => {
  const { codes } = state.answer || {}, last = told.looks.length - 1;
  if (state.by === "label") return labels[row];
  if (none(codes, row)) return last;
  return state.by === "answer" ? codes[row] : last - (codes[row] === labels[row] ? 2 : 1);
};
const colour = (at) => told.looks[at][dark.matches && !printed ? 1 : 0];
const ground = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
// Every marker once, of a radius in pixels of the screen; null where they must be drawn anew.
let stamps = null;
const stamped = (px) => Object.assign(told.looks.map(([, , corners], at) => {
  const one = document.createElement("canvas"), pen = one.getContext("2d");
  one.width = one.height = 2 * px;
  pen.translate(px, px);
  for (let i = 0; i < corners.length; i += 2) pen.lineTo(px * corners[i], px * corners[i + 1]);
  pen.closePath();
  pen.fillStyle = colour(at);
  pen.fill();
  return one;
}), { px });
const sheets = told.sheets.map((address) => Object.assign(new Image(), {
  src: address, onload: () => { if (state.pictured) paint(); else sides.forEach(marked); tile(); },
}));
const thumbnail = (pen, row, x, y, side) => {
  const cell = opened.has(row) ? clears[row] : cells[row], sheet = sheets[Math.floor(cell / told.per)];
  pen.fillStyle = none(cells, row) ? "#9aa0a6" : ground("--hover");
  pen.fillRect(x, y, side, side);
  if (none(cells, row) || !sheet.naturalWidth) return;
  const at = cell % told.per, px = told.cell;
  pen.drawImage(sheet, at % told.across * px, Math.floor(at / told.across) * px, px, px, x, y, side, side);
};
const markerOf = (side) => Math.min(9, (n > 8000 ? 2.5 : n > 1500 ? 3.5 : 5) * Math.sqrt(Math.min(side.zoom, 4)));
// All points are drawn on a layer of their own, so that another picture can be picked without drawing them anew.
const paint = (some = sides) => {
  for (const side of some) {
    const { layer, size } = side, pen = layer.getContext("2d"), ratio = layer.width / size, radius = markerOf(side);
    const px = Math.ceil(radius * ratio);
    if (stamps?.px !== px) stamps = stamped(px);
    const frame = Math.min(48, 5 * radius + 4 * side.zoom);  // px of a thumbnail that stands for a marker
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, size, size);
    for (let row = 0; row < n; row++) {
      const [x, y] = place(side, row);
      if (!isThere(side, row) || x < -frame || y < -frame || x > size + frame || y > size + frame) continue;
      if (state.pictured) {
        thumbnail(pen, row, x - frame / 2, y - frame / 2, frame);
        pen.strokeStyle = colour(look(row));
        pen.lineWidth = 2;
        pen.strokeRect(x - frame / 2, y - frame / 2, frame, frame);
      }
      const at = state.pictured ? frame / 2 : 0;  // on a thumbnail the marker sits in the corner
      pen.drawImage(stamps[look(row)], x - at - px / ratio, y - at - px / ratio, 2 * px / ratio, 2 * px / ratio);
    }
    marked(side);
  }
};
// The picked picture: a ring around it, and its thumbnail beside it.
const marked = (side) => {
  const { canvas, layer, size } = side, { row } = state, pen = canvas.getContext("2d"), ratio = canvas.width / size;
  const [x, y] = place(side, row), radius = markerOf(side), wide = 84;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(layer, 0, 0);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (!isThere(side, row) || !isInside(side, [x, y])) return;
  pen.strokeStyle = ground("--focus");
  pen.lineWidth = 2.5;
  pen.beginPath();
  pen.arc(x, y, radius + 3, 0, 7);
  pen.stroke();
  if (!sheets.length) return;
  const left = x + radius + 8 + wide > size ? x - radius - 8 - wide : x + radius + 8;
  const top = Math.min(Math.max(y - wide / 2, 2), size - wide - 2);
  thumbnail(pen, row, left, top, wide);
  pen.strokeRect(left, top, wide, wide);
};
const lines = (row) => {
  const found = [["label", told.emotions[labels[row]]]];
  if (state.answer) {
    const { name, codes, percent, repeat, fold } = state.answer;
    const said = none(codes, row) ? "not tested" : `${told.emotions[codes[row]]}, ${percent[row]} %, ` +
      `${codes[row] === labels[row] ? "right" : "wrong"} (repeat ${repeat[row] + 1}, fold ${fold[row] + 1})`;
    found.push([`prediction of ${name}`, said]);
  }
  if (!none(parts, row)) found.push(["part", told.parts[parts[row]]]);
  if (!none(groups, row)) found.push(["group", `${told.groups[groups[row]]}, ${groups.filter((one) => one === groups[row]).length} here`]);
  found.push(["id", idOf(row)]);
  if (told.credits[row]) found.push(["picture", told.credits[row]]);
  if (told.warnings[row]) found.push(["content warning", told.warnings[row]]);
  return found;
};
const made = (name, ...inside) => { const one = document.createElement(name); one.append(...inside); return one; };
const tile = () => { if (state.row >= 0) thumbnail(find("tile").getContext("2d"), state.row, 0, 0, 192); };
const tell = () => {
  const { row } = state;
  find("picked").hidden = row < 0;
  if (row < 0) return;
  find("name").textContent = told.names[row];
  find("picked").querySelector("dl").replaceChildren(
    ...lines(row).map(([name, text]) => made("div", made("dt", name), made("dd", text))),
  );
  find("tile").hidden = !sheets.length;
  find("open").hidden = none(clears, row);
  find("open").textContent = opened.has(row) ? "Cover the picture" : "Open the picture in spite of its content warning";
  tile();
};
const pick = (row, held) => {
  state.held = held && row >= 0;
  if (state.row === row) return;
  state.row = row;
  tell();
  sides.forEach(marked);
};
const turn = () => {
  if (state.row < 0 || none(clears, state.row)) return;
  if (!opened.delete(state.row)) opened.add(state.row);
  tell();
  paint();
};
const zoomed = (side, by, x = side.size / 2, y = side.size / 2) => {
  const zoom = Math.min(Math.max(side.zoom * by, 1), MOST);
  const step = (1 / side.zoom - 1 / zoom) / side.size;  // what lies under x, y stays there
  centred(side, side.across + (x - side.size / 2) * step, side.down + (y - side.size / 2) * step, zoom);
};
const centred = (side, across, down, zoom = side.zoom) => {
  const half = 0.5 / zoom, kept = (one) => Math.min(Math.max(one, half), 1 - half);
  Object.assign(side, { zoom, across: kept(across), down: kept(down) });
  paint([side]);
};
const panned = (side, x, y) => centred(side, side.across + x / side.zoom / side.size, side.down + y / side.zoom / side.size);
const into = (side, row, zoom = side.zoom) => {
  if (none(side.x, row)) return;
  const share = (one) => RIM + one / told.steps * (1 - 2 * RIM);
  centred(side, share(side.x[row]), share(side.y[row]), zoom);
};
// The shown picture of the least distance, which is told of its place as seen from x, y.
const best = (side, [x, y], least, distance) => {
  let found = -1;
  for (let row = 0; row < n; row++) {
    if (!isThere(side, row)) continue;
    const [px, py] = place(side, row), apart = distance(px - x, py - y);
    if (apart < least) { found = row; least = apart; }
  }
  return found;
};
const nearest = (side, x, y, within = Infinity) => best(side, [x, y], within, Math.hypot);
// Sideways distance counts double.
const towards = (side, dx, dy) => best(side, place(side, state.row), Infinity, (x, y) =>
  x * dx + y * dy > 0 ? x * dx + y * dy + 2 * Math.abs(x * dy + y * dx) : Infinity);
const walked = (side, row, by) => {
  for (let at = row + by; at >= 0 && at < n; at += by) if (isThere(side, at)) return at;
  return -1;
};
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const ZOOMS = { "+": 1.5, "=": 1.5, "-": 1 / 1.5, 0: 0 };
const JUMPS = { Home: (side) => walked(side, -1, 1), End: (side) => walked(side, n, -1),
  PageDown: (side) => walked(side, state.row, 1), PageUp: (side) => walked(side, state.row < 0 ? n : state.row, -1) };
const stepped = (side, key) => {
  if (key in JUMPS) return JUMPS[key](side);
  return isThere(side, state.row) ? towards(side, ...STEPS[key]) : nearest(side, side.size / 2, side.size / 2);
};
const goes = (side, row) => {
  if (row < 0) return;
  if (!isInside(side, place(side, row))) into(side, row);
  pick(row, true);
};
const pressed = (side, event) => {
  const { key } = event;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (key in ZOOMS) {
    zoomed(side, ZOOMS[key], ...(isThere(side, state.row) ? place(side, state.row) : []));
  } else if (key in STEPS && event.shiftKey) panned(side, ...STEPS[key].map((one) => one * side.size / 6));
  else if (key in STEPS || key in JUMPS) goes(side, stepped(side, key));
  else if (key === "Enter" || key === " ") turn();
  else if (key === "Escape") pick(-1, false);
  else return;
  event.preventDefault();
};
const pointed = (side, event) => {
  const { fingers } = side, x = event.offsetX, y = event.offsetY, before = fingers.get(event.pointerId);
  if (!before) {
    if (!state.held && event.pointerType === "mouse") pick(nearest(side, x, y, FAR), false);
    return;
  }
  const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
  side.moved += Math.hypot(x - before[0], y - before[1]);
  fingers.set(event.pointerId, [x, y]);
  if (other) {
    const apart = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]) || 1;
    zoomed(side, apart([x, y]) / apart(before), (x + other[0]) / 2, (y + other[1]) / 2);
  } else if (side.moved > 4) panned(side, before[0] - x, before[1] - y);
};
const left = (side, event) => {
  if (side.fingers.delete(event.pointerId) && side.moved <= 4 && event.type === "pointerup") {
    pick(nearest(side, event.offsetX, event.offsetY, event.pointerType === "mouse" ? FAR : 2 * FAR), true);
  }
};
for (const side of sides) {
  const { canvas } = side, on = (name, does) => canvas.addEventListener(name, (event) => does(side, event));
  on("keydown", pressed);
  on("pointermove", pointed);
  for (const name of ["pointerup", "pointercancel"]) on(name, left);
  on("pointerdown", (_, event) => {
    if (!side.fingers.size) side.moved = 0;
    side.fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
    canvas.setPointerCapture(event.pointerId);
  });
  on("focus", () => { if (canvas.matches(":focus-visible")) goes(side, isThere(side, state.row) ? state.row : stepped(side, "ArrowUp")); });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomed(side, event.deltaY < 0 ? 1.25 : 0.8, event.offsetX, event.offsetY);
  }, { passive: false });
  const buttons = canvas.parentElement.querySelectorAll("button");
  [1.5, 1 / 1.5, 0].forEach((by, at) => buttons[at].addEventListener("click", () => zoomed(side, by)));
}
const counted = () => {
  const shown = labels.reduce((sum, label) => sum + isOn[label], 0), counts = [0, 0, 0];
  find("verdicts").hidden = state.by !== "verdict";
  if (state.by === "verdict") for (let row = 0; row < n; row++) counts[look(row) - told.emotions.length] += isOn[labels[row]];
  find("verdicts").querySelectorAll(".count").forEach((one, at) => { one.textContent = counts[at].toLocaleString("en"); });
  find("said").textContent = `${shown.toLocaleString("en")} of ${n.toLocaleString("en")} pictures are shown.`;
};
const boxes = [...document.querySelectorAll(".emotion")];
const chosen = () => {
  boxes.forEach((box, at) => { isOn[at] = box.checked; });
  state.by = find("by").value;
  state.answer = answers[find("answer")?.value ?? 0];
  state.pictured = find("pictured")?.checked ?? false;
  if (state.row >= 0 && !isOn[labels[state.row]]) Object.assign(state, { row: -1, held: false });
  counted();
  tell();
  paint();
};
for (const one of [...boxes, find("by"), find("answer"), find("pictured")]) one?.addEventListener("change", chosen);
for (const id of ["all", "none"]) find(id).addEventListener("click", () => {
  for (const box of boxes) box.checked = id === "all";
  chosen();
});
// The next picture whose id or name, with or without its folder, begins so; from the first again after the last.
const searched = () => {
  const text = find("wanted").value.trim().toLowerCase();
  if (!text) return;
  const begins = (name, row) => name.startsWith(text) || name.slice(name.lastIndexOf("/") + 1).startsWith(text) ||
    idOf(row).startsWith(text.slice(0, told.digits));
  const found = [...told.names.keys()].filter((row) => begins(told.names[row].toLowerCase(), row));
  find("said").textContent = "No picture's id or name begins so.";
  if (!found.length) return;
  const row = found.find((one) => one > state.row) ?? found[0];
  boxes[labels[row]].checked = true;
  chosen();
  for (const side of sides) into(side, row, Math.max(side.zoom, Math.min(8, Math.sqrt(n) / 8)));
  pick(row, true);
  find("said").textContent = `Picture ${found.indexOf(row) + 1} of ${found.length} whose id or name begins so.`;
};
for (const [id, does] of [["find", searched], ["open", turn]]) find(id).addEventListener("click", does);
find("wanted").addEventListener("keydown", (event) => { if (event.key === "Enter") searched(); });
const fitted = () => {
  for (const side of sides) {
    side.size = side.canvas.clientWidth;
    for (const one of [side.canvas, side.layer]) one.width = one.height = Math.round(side.size * devicePixelRatio);
  }
  paint();
};
const restyled = (isPrinted) => { printed = isPrinted; stamps = null; paint(); };
find("still").hidden = true;
find("tools").hidden = false;
fitted();
counted();
new ResizeObserver(fitted).observe(document.querySelector(".sides"));
dark.addEventListener("change", () => restyled(false));
addEventListener("beforeprint", () => restyled(true));
addEventListener("afterprint", () => restyled(false));
