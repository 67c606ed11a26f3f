// Only where a picture is covered: it opens and closes by pointer and keyboard.
for (const tile of document.querySelectorAll(".covered")) {
  const turn = () => tile.setAttribute("aria-pressed", String(tile.classList.toggle("opened")));
  tile.setAttribute("role", "button");
  tile.setAttribute("aria-pressed", "false");
  tile.addEventListener("click", turn);
  tile.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    turn();
  });
}
