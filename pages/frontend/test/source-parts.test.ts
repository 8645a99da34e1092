import { afterEach, describe, expect, it, vi } from "vitest";
import { SourceParts } from "../src/timeline/source-parts";
import type { SourceMessage } from "../src/timeline/types";

const HELD: SourceMessage = {
  position: 2,
  words: "thinking, 1 part; image, 1 part",
  told: "model m-1, 7 input and 2 output tokens",
  parts: [
    { number: 0, title: "thinking · messages[1].content[0]", kept: true },
    { number: 1, title: "image · messages[1].content[1]", kept: false },
  ],
};
const ADDRESS = { session: "s1", source: "database", view: "full" };

let asked: string[];

function serve(messages: SourceMessage[], part: unknown = { text: '{\n  "thinking": "<b>"\n}', length: 22 }): void {
  asked = [];
  vi.stubGlobal("fetch", async (address: string) => {
    const { pathname, search } = new URL(address, "http://here/");
    asked.push(pathname + search);
    return new Response(JSON.stringify(pathname === "/api/source" ? { messages } : part));
  });
}

const opened = async (element: HTMLDetailsElement): Promise<void> => {
  element.open = true;
  element.dispatchEvent(new Event("toggle"));
  await vi.waitUntil(() => element.querySelector(".text")?.textContent);
};

afterEach(() => vi.unstubAllGlobals());

describe("what the source of a message also held", () => {
  it("is named under the message, folded, and under no other", async () => {
    serve([HELD]);
    const parts = new SourceParts();
    expect(await parts.read(ADDRESS)).toBe(true);
    const [told, held] = parts.blocks(2);
    expect(told?.textContent).toBe("The source says: model m-1, 7 input and 2 output tokens");
    expect(held?.querySelector("summary")?.textContent).toBe("The source also held: thinking, 1 part; image, 1 part");
    expect((held as HTMLDetailsElement).open).toBe(false);
    expect(parts.blocks(1)).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it("is read when a part is opened, once, and stands as text", async () => {
    serve([HELD]);
    const parts = new SourceParts();
    await parts.read(ADDRESS);
    for (const _ of [1, 2]) {
      const [first] = [...(parts.blocks(2)[1]?.querySelectorAll("details") ?? [])];
      await opened(first as HTMLDetailsElement);
      expect(first?.querySelector(".text")?.textContent).toBe('{\n  "thinking": "<b>"\n}');
      expect(first?.querySelector("b")).toBeNull();
    }
    expect(asked.slice(1)).toEqual(["/api/source/part?session=s1&source=database&view=full&number=0"]);
  });

  it("says what is not kept and what is cut", async () => {
    serve([HELD], { text: "{", length: 1_001 });
    const parts = new SourceParts();
    await parts.read(ADDRESS);
    const [first, second] = [...(parts.blocks(2)[1]?.querySelectorAll("details") ?? [])];
    expect(second?.textContent).toContain("Too large to be kept.");
    await opened(first as HTMLDetailsElement);
    expect(first?.textContent).toContain("1,000 more characters");
  });

  it("has no parts to open where the data visibility hides them", async () => {
    serve([{ ...HELD, told: "", parts: [] }]);
    const parts = new SourceParts();
    await parts.read(ADDRESS);
    const [held] = parts.blocks(2);
    expect(held?.textContent).toBe("The source also held: thinking, 1 part; image, 1 part");
    expect(held?.querySelector("details")).toBeNull();
  });

  it("is nothing where the server has no answer", async () => {
    vi.stubGlobal("fetch", async () => Response.error());
    const parts = new SourceParts();
    expect(await parts.read(ADDRESS)).toBe(false);
    expect(parts.blocks(2)).toEqual([]);
  });
});
