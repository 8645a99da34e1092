// Which keys a view may act on.

export const hasModifier = (event: KeyboardEvent | MouseEvent): boolean =>
  event.ctrlKey || event.metaKey || event.altKey;

// In the view, or nowhere in particular: on the page around it.
export function isMeantFor(event: Event, root: Element, host: Element): boolean {
  return event.composedPath().includes(root) || (document.activeElement ?? document.body).contains(host);
}
