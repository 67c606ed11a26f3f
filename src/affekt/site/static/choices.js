// Number keys choose among the answers of the test; a key that is held down counts once.
const buttons = [...document.querySelectorAll("button[data-choice]")];
const picture = document.querySelector("#picture img");
const cover = document.querySelector("#picture details");
let isSent = false;

function lock() {
  for (const button of buttons) button.setAttribute("aria-disabled", String(isSent));
}

for (const button of buttons) {
  button.addEventListener("click", (event) => {
    const isThere = !picture || (picture.complete && picture.naturalWidth > 0);
    const isSeen = isThere && (!cover || cover.open);
    if (isSent || !isSeen) event.preventDefault();
    else isSent = true;
    lock();
  });
}
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const isReveal = cover && !cover.open && event.key.toLowerCase() === cover.dataset.key.toLowerCase();
  if (isReveal && !event.target.closest("button, a, summary")) {
    event.preventDefault();
    cover.open = true;
    return;
  }
  const button = buttons[Number(event.key) - 1];
  if (button) button.click();
});
const left = document.getElementById("left");
if (left && left.dataset.seconds) {
  const end = performance.now() + Number(left.dataset.seconds) * 1000;
  setInterval(() => {
    const seconds = Math.max(0, Math.round((end - performance.now()) / 1000));
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }, 1000);
}
