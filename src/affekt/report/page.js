"use strict";
// The page is whole without this. It adds: arrow keys inside a figure (one tab stop each instead of hundreds),
// a line of text for the mark under pointer or focus, and open tables when the page is printed.
for (const figure of document.querySelectorAll("figure")) {
  const marks = [...figure.querySelectorAll(".marks > *, .grid td[class]")];
  const readout = figure.querySelector(".readout");
  const told = (mark) => {
    if (mark.matches("td")) {
      const table = mark.closest("table"), row = mark.parentNode, small = mark.querySelector("small");
      const column = table.tHead.rows[0].cells[mark.cellIndex].textContent;
      const share = mark.firstChild.data, of = row.lastElementChild.textContent;
      const counted = table.matches(".close") ? "" : `${small ? small.textContent : 0} `;
      const said = share === "–" ? "no picture" : `${share} %, ${counted}of ${of}`;
      return `${table.caption.textContent}: ${row.cells[0].textContent} ${table.dataset.between} ${column}, ${said}`;
    }
    const head = mark.parentNode.getAttribute("aria-label");  // said once for neighbours
    return (head ? `${head}: ` : "") + mark.querySelector("title").textContent;
  };
  const says = (mark) => { readout.textContent = mark ? told(mark) : ""; };
  const middle = (mark) => {
    // The box of a tile spans the whole sprite.
    const box = (mark.querySelector(".edge") || mark).getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  // The nearest mark in a direction; sideways distance counts double, so that a column is followed before a row is left.
  const towards = (from, dx, dy) => {
    const [x, y] = middle(from);
    let best = null, least = Infinity;
    for (const mark of marks) {
      const [mx, my] = middle(mark);
      const along = (mx - x) * dx + (my - y) * dy;
      const distance = along + 2 * Math.abs((mx - x) * dy + (my - y) * dx);
      if (along > 1 && distance < least) { best = mark; least = distance; }
    }
    return best;
  };
  const steps = {
    ArrowRight: (at) => towards(marks[at], 1, 0) || marks[at + 1],
    ArrowLeft: (at) => towards(marks[at], -1, 0) || marks[at - 1],
    ArrowDown: (at) => towards(marks[at], 0, 1) || marks[at + 1],
    ArrowUp: (at) => towards(marks[at], 0, -1) || marks[at - 1],
    Home: () => marks[0],
    End: () => marks[marks.length - 1],
  };
  marks.forEach((mark, at) => {
    mark.setAttribute("tabindex", at ? "-1" : "0");
    mark.addEventListener("focus", () => says(mark));
    mark.addEventListener("pointerenter", () => says(mark));
    mark.addEventListener("pointerleave", () => says(null));
    mark.addEventListener("keydown", (event) => {
      const next = steps[event.key] && steps[event.key](at);
      if (!next) return;
      event.preventDefault();
      mark.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  });
}
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
