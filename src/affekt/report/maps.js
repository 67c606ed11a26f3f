// Maps: the picture nearest to the pointer, or reached by arrow keys, is ringed in every map of the figure, shown, and
// told in the line below. One emotion can be shown alone, a picture be looked for by what is told of it, and a map be
// drawn larger (+, −, 0, or the wheel with Ctrl) and dragged. Places are read from the drawing, words and cells of the
// sprite from the JSON beside it.
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
    const points = [], ground = group.querySelector(".ground");
    const [x, y, side] = ["x", "y", "width"].map((name) => Number(ground.getAttribute(name)));
    for (const cloud of group.querySelectorAll(".cloud")) {
      const rows = cloud.dataset.rows.split(" "), corners = [...cloud.points];
      rows.forEach((row, at) => {
        const own = corners.filter((_, place) => place % rows.length === at);  // one alone stands twice
        points.push({ row: Number(row), x: own[0].x, y: own[0].y, home: [own[0].x - x, own[0].y - y], own, cloud });
      });
    }
    return { group, points, ground, at: points[0], x, y, side, left: x, top: y, scale: 1 };
  });
  const SIDE = 72, GAP = 10;
  const hide = () => { for (const old of figure.querySelectorAll(".ring, .peek")) old.remove(); readout.textContent = ""; };
  const peek = (plot, point) => {
    const x = point.x + GAP + SIDE > plot.x + plot.side ? point.x - GAP - SIDE : point.x + GAP;
    const y = Math.min(Math.max(point.y - SIDE / 2, plot.y), plot.y + plot.side - SIDE);
    const cell = pins.cells[point.row], side = pins.cell;
    if (cell < 0) return;
    const group = made("g", { class: "peek" }, plot.group);
    made("rect", { x, y, width: SIDE, height: SIDE }, group);
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
      if (isInside(other, twin)) made("circle", { class: "ring", cx: twin.x, cy: twin.y, r: 7 }, other.group);
    }
    peek(plot, point);
    readout.textContent = pins.says[point.row];
  };
  const isInside = (plot, { x, y }) =>
    x >= plot.x && x <= plot.x + plot.side && y >= plot.y && y <= plot.y + plot.side;
  const isShown = (point) => !point.cloud.classList.contains("dim");
  const inSight = (plot) => plot.points.filter((point) => isShown(point) && isInside(plot, point));
  const nearest = (plot, x, y, within) => {
    let best = null, least = within * within;
    for (const point of inSight(plot)) {
      const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
      if (distance < least) { best = point; least = distance; }
    }
    return best;
  };
  // The nearest point in a direction; sideways distance counts double.
  const towards = (plot, dx, dy) => {
    let best = null, least = Infinity;
    for (const point of inSight(plot)) {
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
    Home: (plot) => inSight(plot)[0],
    End: (plot) => inSight(plot).pop(),
    Escape: () => null,
  };
  const moved = (plot, left, top) => {
    const least = plot.side * (1 - plot.scale);  // no edge of the map comes inside its square
    plot.left = Math.min(plot.x, Math.max(left, plot.x + least));
    plot.top = Math.min(plot.y, Math.max(top, plot.y + least));
    for (const point of plot.points) {
      point.x = plot.left + point.home[0] * plot.scale;
      point.y = plot.top + point.home[1] * plot.scale;
      for (const corner of point.own) { corner.x = point.x; corner.y = point.y; }
    }
  };
  // The place x, y stays where it is.
  const zoomed = (plot, by, x, y) => {
    const scale = Math.min(Math.max(plot.scale * by, 1), 32), grown = scale / plot.scale;
    plot.scale = scale;
    moved(plot, x - (x - plot.left) * grown, y - (y - plot.top) * grown);
  };
  const zooms = { "+": 1.5, "=": 1.5, "-": 1 / 1.5, 0: 0 };
  const tool = (words, name, kind) => {
    const label = document.createElement("label"), one = document.createElement(name);
    if (kind) one.type = kind;
    label.append(words, " ", one);
    tools.append(label);
    return one;
  };
  const clouds = [...figure.querySelectorAll(".cloud")];
  const tools = document.createElement("p");
  tools.className = "tools";
  const chosen = tool("Show", "select"), wanted = tool("Find", "input", "search");
  chosen.add(new Option("all emotions", ""));
  for (const label of new Set(clouds.map((cloud) => cloud.dataset.label))) chosen.add(new Option(label, label));
  chosen.addEventListener("change", () => {
    hide();
    for (const cloud of clouds) {
      cloud.classList.toggle("dim", chosen.selectedIndex > 0 && cloud.dataset.label !== chosen.value);
    }
  });
  // Enter goes to the next picture whose words hold what was typed, from the first again after the last.
  wanted.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !wanted.value) return;
    const words = wanted.value.toLowerCase(), [plot] = plots, from = plot.points.indexOf(plot.at) + 1;
    const order = [...plot.points.slice(from), ...plot.points.slice(0, from)].filter(isShown);
    const found = order.find((point) => pins.says[point.row].toLowerCase().includes(words));
    if (found) { for (const one of plots) zoomed(one, 0, 0, 0); show(plot, found); } else { hide(); readout.textContent = "no picture is told so"; }
  });
  figure.querySelector(".scroll").before(tools);
  for (const plot of plots.filter((one) => one.points.length)) {
    const ground = plot.ground;
    ground.setAttribute("role", "application");
    const clip = made("clipPath", { id: `${figure.getAttribute("aria-labelledby")}-${plots.indexOf(plot)}` }, plot.group);
    made("rect", { x: plot.x, y: plot.y, width: plot.side, height: plot.side }, clip);
    for (const { cloud } of plot.points) cloud.setAttribute("clip-path", `url(#${clip.id})`);
    const placed = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
    let last = null;
    const pointed = (event) => {
      const place = placed(event);
      const before = last;
      last = place;
      if (before && event.type === "pointermove" && event.buttons & 1 && plot.scale > 1) {
        hide();
        moved(plot, plot.left + place.x - before.x, plot.top + place.y - before.y);
        return;
      }
      const found = nearest(plot, place.x, place.y, 16);
      if (found) show(plot, found); else hide();
    };
    ground.addEventListener("pointermove", pointed);
    ground.addEventListener("pointerdown", pointed);
    ground.addEventListener("pointerleave", hide);
    ground.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      hide();
      const { x, y } = placed(event);
      zoomed(plot, event.deltaY < 0 ? 1.25 : 0.8, x, y);
    }, { passive: false });
    ground.addEventListener("focus", () => {
      const at = inSight(plot).includes(plot.at) ? plot.at : inSight(plot)[0];
      if (at && ground.matches(":focus-visible")) show(plot, at);
    });
    ground.addEventListener("blur", hide);
    ground.addEventListener("keydown", (event) => {
      if (event.key in zooms) {
        event.preventDefault();
        zoomed(plot, zooms[event.key], plot.at.x, plot.at.y);
        show(plot, plot.at);
      }
      if (!steps[event.key]) return;
      event.preventDefault();
      const next = steps[event.key](plot);
      if (next) show(plot, next); else if (event.key === "Escape") hide();
    });
  }
}
