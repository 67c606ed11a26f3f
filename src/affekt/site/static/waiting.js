// Answers that wait to be saved: kept in the browser until the server has said that it has them.
// Each has its key before the first try, so that sending it again can never count it twice.
const NAME = "affekt.waiting";
const FIRST_MS = 500;
const MOST_MS = 30000;
const PATIENCE_MS = 15000;

export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

let memory = []; // where the browser keeps nothing

function read() {
  try {
    return JSON.parse(localStorage.getItem(NAME) || "[]");
  } catch {
    return memory;
  }
}

function write(all) {
  memory = all;
  try {
    localStorage.setItem(NAME, JSON.stringify(all));
  } catch {
    // The answers wait in this page alone; leaving it is warned of.
  }
}

export class Waiting {
  // who: mark of the person; token: of the forms; told: called with every change
  constructor(who, token, told) {
    this.who = who;
    this.token = token;
    this.told = told;
    this.isBusy = false;
    this.delay = FIRST_MS;
    this.timer = 0;
    window.addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => this.hurry());
  }

  mine() {
    return read().filter((one) => one.who === this.who);
  }

  get count() {
    return this.mine().length;
  }

  add(path, body) {
    const key = freshKey();
    write([...read(), { who: this.who, key, path, body: { ...body, key } }]);
    this.told({ state: "waiting" });
    this.send();
  }

  hurry() {
    if (this.count === 0) return;
    this.delay = FIRST_MS;
    clearTimeout(this.timer);
    this.send();
  }

  async send() {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      for (let next = this.mine()[0]; next; next = this.mine()[0]) {
        const state = await this.tried(next);
        if (state.isFinal) {
          write(read().filter((one) => one.key !== next.key));
          this.delay = FIRST_MS;
          this.told({ ...state, entry: next });
        } else {
          this.told({ ...state, entry: next });
          this.later(state.after);
          return;
        }
      }
    } finally {
      this.isBusy = false;
    }
  }

  later(after) {
    clearTimeout(this.timer);
    const jitter = 0.75 + Math.random() / 2;
    this.timer = setTimeout(() => this.send(), Math.max(after || 0, this.delay * jitter));
    this.delay = Math.min(MOST_MS, this.delay * 2);
  }

  async tried(entry) {
    let reply;
    try {
      reply = await fetch(entry.path, {
        method: "POST",
        headers: { "content-type": "application/json", "x-form-token": this.token },
        body: JSON.stringify(entry.body),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch {
      return { state: "offline", isFinal: false };
    }
    const said = await reply.json().catch(() => ({}));
    if (reply.ok) return { state: said.state || "kept", said, isFinal: true };
    if (reply.status === 401) return { state: "signed out", isFinal: false };
    if (reply.status === 429 || reply.status >= 500) {
      const seconds = Number(reply.headers.get("retry-after")) || 0;
      return { state: "offline", isFinal: false, after: seconds * 1000 };
    }
    return { state: "refused", said, isFinal: true };
  }
}
