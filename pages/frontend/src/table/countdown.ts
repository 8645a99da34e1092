// Times that are left, which go on while the page is open.

const UNITS: readonly [number, string][] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
];

// A length of time in its two largest units, as the server writes it: 2 h 13 min, 45 s.
export function leftWords(milliseconds: number): string {
  let left = Math.floor(milliseconds / 1000);
  if (left <= 0) return "expired";
  if (left < 60) return `${left} s`;
  const parts: string[] = [];
  for (const [size, unit] of UNITS) {
    const number = Math.floor(left / size);
    left %= size;
    if (number) parts.push(`${number} ${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}

// Writes anew what is left at each element that counts down.
export function countDown(root: Element): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-until]")) {
    const words = leftWords(Number(element.dataset.until) - Date.now());
    if (element.textContent !== words) element.textContent = words;
  }
}
