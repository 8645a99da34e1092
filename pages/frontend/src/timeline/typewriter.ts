// A text that appears as if typed: its nodes stay, their data grow. Nothing else in the page is touched.

interface TypedText {
  node: Text;
  text: string;
  opens: HTMLElement[]; // an element comes with the text that follows it
}

const HIGH_SURROGATE = /[\uD800-\uDBFF]/;

export class Typewriter {
  private readonly parts: TypedText[] = [];
  private readonly last: HTMLElement[];
  private readonly total: number;
  private at = 0;
  private shown = 0;

  constructor(element: Element) {
    let opens: HTMLElement[] = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node instanceof Text) {
        this.parts.push({ node, text: node.data, opens });
        opens = [];
      } else opens.push(node as HTMLElement);
    }
    this.last = opens;
    this.total = this.parts.reduce((sum, part) => sum + part.text.length, 0);
    for (const part of this.parts) part.node.data = "";
    for (const hidden of [...this.parts.flatMap((part) => part.opens), ...this.last]) hidden.hidden = true;
  }

  // Up to this share of the text; it never takes back.
  to(share: number): void {
    let left = Math.ceil(share * this.total) - this.shown;
    for (let part = this.parts[this.at]; left > 0 && part; part = this.parts[this.at]) left -= this.write(part, left);
    if (share >= 1) for (const element of this.last) element.hidden = false;
  }

  private write(part: TypedText, most: number): number {
    for (const element of part.opens) element.hidden = false;
    const from = part.node.data.length;
    let to = Math.min(from + most, part.text.length);
    if (HIGH_SURROGATE.test(part.text.charAt(to - 1)) && to < part.text.length) to += 1;
    part.node.appendData(part.text.slice(from, to));
    this.shown += to - from;
    if (to === part.text.length) this.at += 1;
    return to - from;
  }
}
