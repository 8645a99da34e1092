// The user's questions at the left: a list of equal heights, of which only what is in sight is in the page.

const ENTRY = 46;

class Outline {
  constructor(view, root) {
    this.view = view;
    this.root = root;
    this.list = root.querySelector(".entries");
    this.canvas = h("div", { class: "entrycanvas", role: "list" });
    this.list.append(this.canvas);
    this.questions = [];
    this.now = -1;
    this.entries = new Map();
    this.hovered = false;
    this.list.addEventListener("scroll", () => this.paint(), { passive: true });
    root.addEventListener("pointerenter", () => { this.hovered = true; });
    root.addEventListener("pointerleave", () => { this.hovered = false; });
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(this.list);
  }

  fill(questions) {
    this.questions = questions;
    this.now = -1;
    for (const [n, element] of this.entries) this.drop(n, element);
    this.root.querySelector(".outlinecount").textContent = NUMBER.format(questions.length);
    this.canvas.style.height = `${questions.length * ENTRY}px`;
    this.root.querySelector(".none").hidden = questions.length > 0;
    this.paint();
  }

  // The last question at or before what is being read.
  follow(position) {
    let low = -1;
    let high = this.questions.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.questions[middle][0] <= position) low = middle;
      else high = middle - 1;
    }
    if (low === this.now) return;
    this.now = low;
    const top = low * ENTRY;
    const room = this.list.clientHeight;
    if (!this.hovered && low >= 0 && (top < this.list.scrollTop || top + ENTRY > this.list.scrollTop + room)) {
      this.list.scrollTop = Math.max(top - room / 3, 0);
    }
    this.paint();
  }

  paint() {
    const first = Math.max(Math.floor(this.list.scrollTop / ENTRY) - 4, 0);
    const last = Math.min(Math.ceil((this.list.scrollTop + this.list.clientHeight) / ENTRY) + 4, this.questions.length);
    for (const [n, element] of this.entries) if (n < first || n >= last) this.drop(n, element);
    for (let n = first; n < last; n += 1) {
      if (!this.entries.has(n)) this.entries.set(n, this.canvas.appendChild(this.entry(n)));
      const button = this.entries.get(n).firstChild;
      if (n === this.now) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  drop(n, element) {
    element.remove();
    this.entries.delete(n);
  }

  entry(n) {
    const [position, words] = this.questions[n];
    return h("div", { role: "listitem", class: "entryplace", style: `top:${n * ENTRY}px` },
      h("button", { class: "entry", type: "button", title: `Message ${position}`, onclick: () => this.view.jump(position) },
      h("span", { class: "position", text: `#${position}` }),
      fill(h("span", { class: "words", dir: "auto" }), words || "(empty)")));
  }

  stop() {
    this.observer.disconnect();
  }
}
