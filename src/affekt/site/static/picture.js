// One picture at a time, the next three loaded ahead; counts how long each is really seen.
const AHEAD = 3;
const TRIES = 4;

export class Pictures {
  constructor(figure, cards, altOf) {
    this.figure = figure;
    this.cards = cards;
    this.altOf = altOf;
    this.loaded = new Map();
    this.at = -1;
    this.seenMs = 0;
    this.since = null; // while it is seen
    document.addEventListener("visibilitychange", () => this.tick());
  }

  load(at) {
    if (at >= this.cards.length || this.loaded.has(at)) return;
    const image = new Image();
    image.alt = this.altOf(at);
    image.src = this.cards[at].image;
    const one = { image, isReady: false, ready: null };
    one.ready = this.decoded(one, 1);
    this.loaded.set(at, one);
  }

  async decoded(one, attempt) {
    try {
      await one.image.decode();
      one.isReady = true;
      return true;
    } catch {
      if (attempt === TRIES) return false;
      await new Promise((resolve) => setTimeout(resolve, 400 * 2 ** attempt));
      one.image.src = one.image.src;
      return this.decoded(one, attempt + 1);
    }
  }

  // Shows a picture; the answer is whether it could be.
  async show(at) {
    this.tick();
    this.at = at;
    this.seenMs = 0;
    this.since = null;
    for (let next = at; next <= at + AHEAD; next += 1) this.load(next);
    const one = this.loaded.get(at);
    this.figure.replaceChildren(one.image);
    this.figure.classList.toggle("loading", !one.isReady);
    const isThere = one.isReady || (await one.ready);
    if (this.at !== at) return true;
    this.figure.classList.remove("loading");
    if (!isThere) {
      this.loaded.delete(at);
      return false;
    }
    requestAnimationFrame(() => {
      if (this.at !== at) return;
      this.isOn = true;
      this.tick();
      performance.mark("affekt:seen");
    });
    this.isOn = false;
    return true;
  }

  // The clock runs while the picture is on the screen and the page is in front.
  tick() {
    const now = performance.now();
    if (this.since !== null) this.seenMs += now - this.since;
    this.since = this.isOn && document.visibilityState === "visible" ? now : null;
    return this.seenMs;
  }
}
