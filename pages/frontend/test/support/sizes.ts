import { vi } from "vitest";

// Sizes for a page that nothing lays out: rows of 100 pixels, and room for a few of them.
export function giveSizes(): void {
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 800, 100));
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { value: 400, configurable: true });
}

export function takeSizes(): void {
  vi.restoreAllMocks();
  Reflect.deleteProperty(HTMLElement.prototype, "clientHeight");
}
