// Long texts as far as they were read: pieces joined as they come.

export interface HeldText {
  text: string;
  length: number;
  next: number | null;
}

type Read = (owner: number, part: string, offset: number) => Promise<HeldText>;

export class HeldTexts {
  private readonly held = new Map<string, HeldText>();

  // `read` brings the piece of a text from an offset on; the oldest texts go once all have more than `most` characters.
  constructor(
    private readonly read: Read,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {}

  get(owner: number, part: string): HeldText | undefined {
    return this.held.get(`${owner} ${part}`);
  }

  // Reads on in a text.
  async more(owner: number, part: string): Promise<HeldText> {
    const key = `${owner} ${part}`;
    const before = this.held.get(key);
    const { text, length, next } = await this.read(owner, part, before?.next ?? 0);
    const joined = { text: (before?.text ?? "") + text, length, next };
    this.held.delete(key);
    this.held.set(key, joined);
    this.forget(key);
    return joined;
  }

  private forget(newest: string): void {
    let size = 0;
    for (const { text } of this.held.values()) size += text.length;
    for (const [key, { text }] of this.held) {
      if (size <= this.most || key === newest) return;
      size -= text.length;
      this.held.delete(key);
    }
  }
}
