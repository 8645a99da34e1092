import { vi } from "vitest";

// A server whose answers come when the test says so.
export class Server {
  readonly waiting: { address: URL; answer: (value: Response) => void; fail: (error: Error) => void }[] = [];
  readonly asked: URL[] = [];

  fetch = (address: string): Promise<Response> =>
    new Promise((answer, fail) => {
      const url = new URL(address, "http://inspector.test");
      this.asked.push(url);
      this.waiting.push({ address: url, answer, fail });
    });

  get windows(): number[][] {
    return this.asked.map((url) => (url.searchParams.get("items") ?? "").split(",").map(Number));
  }

  // Answers what was asked longest ago: with the items it wanted, or as told.
  async answer(body?: unknown, status = 200): Promise<void> {
    await vi.waitUntil(() => this.waiting.length > 0);
    const { address, answer } = this.waiting.shift() as (typeof this.waiting)[number];
    const wanted = (address.searchParams.get("items") ?? "").split(",").map((n) => ({ ordinal: Number(n) }));
    answer(new Response(JSON.stringify(body ?? { items: wanted }), { status }));
    await settled();
  }

  async refuse(): Promise<void> {
    this.waiting.shift()?.fail(new TypeError("Failed to fetch"));
    await settled();
  }
}

export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
