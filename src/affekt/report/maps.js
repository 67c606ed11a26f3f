// Maps: the picture nearest to the pointer, or reached by arrow keys, is ringed in every map of the figure, shown, and
// told in the line below. One emotion can be shown alone, and a picture be looked for by what is told of it. Places are
// read from the drawing, words and cells of the sprite from the JSON beside it.
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
        points.push({ row: Number(row), x, y, cloud });
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
  const isShown = (point) => !point.cloud.classList.contains("dim");
  const nearest = (plot, x, y, within) => {
    let best = null, least = within * within;
    for (const point of plot.points.filter(isShown)) {
      const distance = (point.x - x) ** 2 + (point.y - y) ** 2;
      if (distance < least) { best = point; least = distance; }
    }
    return best;
  };
  // The nearest point in a direction; sideways distance counts double.
  const towards = (plot, dx, dy) => {
    let best = null, least = Infinity;
    for (const point of plot.points.filter(isShown)) {
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
    Home: (plot) => plot.points.find(isShown),
    End: (plot) => plot.points.findLast(isShown),
    Escape: () => null,
  };
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
    if (found) show(plot, found); else { hide(); readout.textContent = "no picture is told so"; }
  });
  figure.querySelector(".scroll").before(tools);
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
    ground.addEventListener("focus", () => {
      const at = isShown(plot.at) ? plot.at : plot.points.find(isShown);
      if (at && ground.matches(":focus-visible")) show(plot, at);
    });
    ground.addEventListener("blur", hide);
    ground.addEventListener("keydown", (event) => {
      if (!steps[event.key]) return;
      event.preventDefault();
      const next = steps[event.key](plot);
      if (next) show(plot, next); else if (event.key === "Escape") hide();
    });
  }
}
