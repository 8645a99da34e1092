// What the server holds of one copy. Items are kept as long as they fit; the oldest looked at go first.

const MOST_ITEMS = 400;
const MOST_CHARACTERS = 3_000_000;
const BATCH = 40;

class Source {
  constructor({ session, source, token, view }) {
    this.address = { session, source, view };
    this.token = token;
    this.items = new Map();
    this.html = new Map();
    this.texts = new Map();
    this.characters = 0;
    this.wanted = [];
    this.pumping = false;
    this.failed = null;
    this.stopped = false;
    this.onitems = () => {};
    this.onfail = () => {};
  }

  get(route, parameters = {}) {
    return ask(`/api/timeline/${route}`, { ...this.address, ...parameters });
  }

  // Latest wish wins: what was scrolled past before its turn is never asked for.
  want(ordinals, rendered) {
    this.wanted = ordinals;
    this.rendered = rendered;
    if (!this.pumping && !this.failed) this.pump();
  }

  retry() {
    this.failed = null;
    this.pump();
  }

  async pump() {
    this.pumping = true;
    try {
      for (;;) {
        const missing = this.wanted.filter((n) => !this.items.has(n)).slice(0, BATCH);
        const plain = this.rendered
          ? this.wanted.filter((n) => !this.html.has(n) && rendersIn(this.items.get(n))).slice(0, BATCH) : [];
        if (this.stopped || (!missing.length && !plain.length)) break;
        const arrived = missing.length ? await this.load(missing) : await this.render(plain);
        if (!this.stopped) this.onitems(arrived);
      }
    } catch (error) {
      this.failed = error;
      if (!this.stopped) this.onfail(error);
    } finally {
      this.pumping = false;
    }
  }

  async opening(message) {
    const answer = await this.get("opening", message === null || message === undefined ? {} : { message });
    this.keep(answer.items);
    return answer;
  }

  keep(items) {
    for (const item of items) {
      item.weight = weigh(item);
      this.characters += item.weight;
      this.items.set(item.ordinal, item);
    }
  }

  async load(ordinals) {
    const { items } = await this.get("window", { items: ordinals.join(",") });
    this.keep(items);
    if (!items.length) throw new Error("The server has fewer messages now. Open the conversation again.");
    this.forget();
    return ordinals;
  }

  async render(ordinals) {
    const { html } = await this.get("rendered", { items: ordinals.join(",") });
    for (const ordinal of ordinals) {
      const made = html[ordinal] ?? "";
      this.html.set(ordinal, made);
      this.characters += made.length;
    }
    return ordinals;
  }

  item(ordinal) {
    const item = this.items.get(ordinal);
    if (item) {
      this.items.delete(ordinal);
      this.items.set(ordinal, item);
    }
    return item;
  }

  forget() {
    const wanted = new Set(this.wanted);
    for (const [ordinal, item] of this.items) {
      if (this.items.size <= MOST_ITEMS && this.characters <= MOST_CHARACTERS) return;
      if (wanted.has(ordinal)) continue;
      this.items.delete(ordinal);
      this.characters -= item.weight + (this.html.get(ordinal)?.length ?? 0);
      this.html.delete(ordinal);
    }
  }

  // Texts of opened results and of "show more", by "position part": pieces joined as they come.
  text(position, part) {
    return this.texts.get(`${position} ${part}`);
  }

  async more(position, part) {
    const key = `${position} ${part}`;
    const held = this.texts.get(key);
    const chunk = await this.get("text", { position, part, offset: held?.next ?? 0 });
    const text = (held?.text ?? "") + chunk.text;
    this.texts.delete(key);
    this.texts.set(key, { text, length: chunk.length, next: chunk.next });
    let size = 0;
    for (const entry of this.texts.values()) size += entry.text.length;
    for (const [other, entry] of this.texts) {
      if (size <= MOST_CHARACTERS || other === key) break;
      size -= entry.text.length;
      this.texts.delete(other);
    }
    return this.texts.get(key);
  }

  async whole(position, part) {
    let text = "";
    let offset = 0;
    while (offset !== null) {
      const chunk = await this.get("text", { position, part, offset });
      text += chunk.text;
      offset = chunk.next;
    }
    return text;
  }
}

// Results are JSON or plain output: they have no rendered form.
const rendersIn = (item) => Boolean(item?.content) && !item.summary;

function weigh(item) {
  const parts = [item.content, item.refusal, item.function_call, ...item.calls.map((call) => call.arguments)];
  return 500 + parts.reduce((sum, part) => sum + (part ? part.text.length : 0), 0);
}
