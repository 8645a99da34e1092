// A text that appears as if typed: its nodes stay, their data grow. Nothing else in the page is touched.

class Typist {
  constructor(element) {
    this.element = element;
    this.parts = [];
    this.at = 0;
    this.shown = 0;
    let opens = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.nodeType === Node.TEXT_NODE) {
        this.parts.push({ node, text: node.data, opens });
        opens = [];
      } else opens.push(node); // an element comes with the text that follows it
    }
    this.last = opens;
    this.total = this.parts.reduce((sum, part) => sum + part.text.length, 0);
    for (const part of this.parts) {
      part.node.data = "";
      for (const hidden of part.opens) hidden.hidden = true;
    }
    for (const hidden of this.last) hidden.hidden = true;
  }

  // Up to this share of the text; it never takes back.
  to(share) {
    let left = Math.ceil(share * this.total) - this.shown;
    while (left > 0 && this.at < this.parts.length) left -= this.write(this.parts[this.at], left);
    if (share >= 1) for (const element of this.last) element.hidden = false;
  }

  write(part, most) {
    for (const element of part.opens) element.hidden = false;
    const from = part.node.data.length;
    let to = Math.min(from + most, part.text.length);
    if (/[\uD800-\uDBFF]/.test(part.text[to - 1]) && to < part.text.length) to += 1;
    part.node.appendData(part.text.slice(from, to));
    this.shown += to - from;
    if (to === part.text.length) this.at += 1;
    return to - from;
  }
}
