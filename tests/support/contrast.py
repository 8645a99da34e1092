"""Contrast ratios of text on its background, as WCAG defines them."""

from playwright.sync_api import Locator

ENOUGH = 4.5
"""For text of any size."""


def contrasts(root: Locator, *selectors: str) -> dict[str, float]:
    """The ratio of the first elements of each selector under `root`, in the colours that the browser computed."""
    ratios: dict[str, float] = root.evaluate(_RATIOS, list(selectors))
    return ratios


_RATIOS = """(root, kinds) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (color) => {
    const [r, g, b] = [...rgba(color)].map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return "white";
  };
  return Object.fromEntries(kinds.flatMap((kind) => [...root.querySelectorAll(kind)].slice(0, 5).map((element, n) => {
    const [low, high] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => a - b);
    return [`${kind} ${n}`, (high + 0.05) / (low + 0.05)];
  })));
}"""
