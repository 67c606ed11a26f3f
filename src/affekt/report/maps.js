// Maps: the picture nearest to the pointer, or reached by arrow keys, is ringed in every map of the figure, shown, and
// told in the line below. Places are read from the drawing, words and cells of the sprite from the JSON beside it.
for (const figure of document.querySelectorAll("figure")) {
  const told = figure.querySelector("script.pins");
  if (!told) continue;
  const pins = JSON.parse(told.textContent);
  const drawing = figure.querySelector("svg.drawing");
  const readout = figure.querySelector(".readout");
  readout.removeAttribute("aria-hidden");
  readout.setAttribute("aria-live", "polite");
  const made = (name, attributes, parent) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) one.setAttribute(key, attributes[key]);
    return parent.appendChild(one);
  };
  const plots = [...figure.querySelectorAll(".plot")].map((group) => {
    const points = [];
    for (const cloud of group.querySelectorAll(".cloud")) {
      cloud.dataset.rows.split(" ").forEach((row, at) => {
        const { x, y } = cloud.points[at];
        points.push({ row: Number(row), x, y });
      });
    }
    return { group, points, ground: group.querySelector(".ground"), at: points[0] };
  });
  const SIDE = 72, GAP = 10;
  const hide = () => { for (const old of figure.querySelectorAll(".ring, .peek")) old.remove(); readout.textContent = ""; };
  const peek = (plot, point) => {
    const box = plot.ground.getBBox();
    const x = point.x + GAP + SIDE > box.x + box.width ? point.x - GAP - SIDE : point.x + GAP;
    const y = Math.min(Math.max(point.y - SIDE / 2, box.y), box.y + box.height - SIDE);
    const group = made("g", { class: "peek" }, plot.group);
    made("rect", { x, y, width: SIDE, height: SIDE }, group);
    const cell = pins.cells[point.row], side = pins.cell;
    if (cell < 0) return;
    const view = `${(cell % pins.columns) * side} ${Math.floor(cell / pins.columns) * side} ${side} ${side}`;
    made("use", { href: `#${pins.sprite}` }, made("svg", { x, y, width: SIDE, height: SIDE, viewBox: view }, group));
  };
  const show = (plot, point) => {
    hide();
    plot.at = point;
    for (const other of plots) {
      const twin = other.points.find((one) => one.row === point.row);
      if (!twin) continue;
      other.at = twin;
      made("circle", { class: "ring", cx: twin.x, cy: twin.y, r: 7 }, other.group);
    }
    peek(plot, point);
    readout.textContent = pins.says[point.row];
  };
  const nearest = (plot, x, y, within) => {
    let best = null, least = within * within;
    for (const point of plot.points) {
      const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
      if (distance < least) { best = point; least = distance; }
    }
    return best;
  };
  // The nearest point in a direction; sideways distance counts double.
  const towards = (plot, dx, dy) => {
    let best = null, least = Infinity;
    for (const point of plot.points) {
      const x = point.x - plot.at.x, y = point.y - plot.at.y;
      const along = x * dx + y * dy, distance = along + 2 * Math.abs(x * dy + y * dx);
      if (along > 0 && distance < least) { best = point; least = distance; }
    }
    return best;
  };
  const steps = {
    ArrowRight: (plot) => towards(plot, 1, 0),
    ArrowLeft: (plot) => towards(plot, -1, 0),
    ArrowDown: (plot) => towards(plot, 0, 1),
    ArrowUp: (plot) => towards(plot, 0, -1),
    Home: (plot) => plot.points[0],
    End: (plot) => plot.points[plot.points.length - 1],
    Escape: () => null,
  };
  for (const plot of plots.filter((one) => one.points.length)) {
    const ground = plot.ground;
    ground.setAttribute("role", "application");
    const pointed = (event) => {
      const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
      const found = nearest(plot, place.x, place.y, 16);
      if (found) show(plot, found); else hide();
    };
    ground.addEventListener("pointermove", pointed);
    ground.addEventListener("pointerdown", pointed);
    ground.addEventListener("pointerleave", hide);
    ground.addEventListener("focus", () => { if (ground.matches(":focus-visible")) show(plot, plot.at); });
    ground.addEventListener("blur", hide);
    ground.addEventListener("keydown", (event) => {
      if (!steps[event.key]) return;
      event.preventDefault();
      const next = steps[event.key](plot);
      if (next) show(plot, next); else if (event.key === "Escape") hide();
    });
  }
}
