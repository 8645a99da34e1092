// What the server holds of one list of rows: an opening, then windows of rows as they come into sight.

const MOST_ITEMS = 300;
const BATCH = 30;

class Windows {
  constructor(base, address) {
    this.base = base;
    this.address = address;
    this.items = new Map();
    this.wanted = [];
    this.pumping = false;
    this.stopped = false;
    this.onitems = () => {};
    this.onfail = () => {};
  }

  get(route, parameters = {}) {
    return ask(`${this.base}/${route}`, { ...this.address, ...parameters });
  }

  async opening(parameters = {}) {
    const answer = await this.get("opening", parameters);
    this.keep(answer.items);
    return answer;
  }

  keep(items) {
    for (const item of items) this.items.set(item.ordinal, item);
  }

  // Latest wish wins: what was scrolled past before its turn is never asked for.
  want(ordinals) {
    this.wanted = ordinals;
    if (!this.pumping) this.pump();
  }

  async pump() {
    this.pumping = true;
    try {
      for (;;) {
        const missing = this.wanted.filter((n) => !this.items.has(n)).slice(0, BATCH);
        if (this.stopped || !missing.length) break;
        const { items } = await this.get("window", { items: missing.join(",") });
        if (!items.length) throw new Error("There are fewer messages now. Look again.");
        this.keep(items);
        this.forget();
        if (!this.stopped) this.onitems(missing);
      }
    } catch (error) {
      if (!this.stopped) this.onfail(error);
    } finally {
      this.pumping = false;
    }
  }

  forget() {
    const wanted = new Set(this.wanted);
    for (const ordinal of this.items.keys()) {
      if (this.items.size <= MOST_ITEMS) return;
      if (!wanted.has(ordinal)) this.items.delete(ordinal);
    }
  }
}
