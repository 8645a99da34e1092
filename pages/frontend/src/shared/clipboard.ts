import { h } from "./dom";

// Copies a text; false where the browser refused. Without a secure origin there is no clipboard API: an old command
// still copies then.
export async function copyText(text: string, root: Element): Promise<boolean> {
  if (navigator.clipboard?.writeText) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // refused: try the old way
    }
  }
  const area = h("textarea", { class: "aside", "aria-hidden": "true" });
  area.value = text;
  root.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
