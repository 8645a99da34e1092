// A payload's rows, and its long texts as far as they were read.

class Source extends Windows {
  constructor(address) {
    super("/api/payload", address);
    this.texts = new Map();
  }

  // { text, length, next }, or undefined.
  text(ordinal, part) {
    return this.texts.get(`${ordinal} ${part}`);
  }

  async more(ordinal, part) {
    const held = this.text(ordinal, part);
    const chunk = await this.get("text", { row: ordinal, part, offset: held?.next ?? 0 });
    this.texts.set(`${ordinal} ${part}`, { text: (held?.text ?? "") + chunk.text, length: chunk.length, next: chunk.next });
  }
}
