// Whether a text can be seen, asked inside the page frame by frame. Put into a page before its own scripts.

window.peers = (() => {
  const frame = () => new Promise((done) => { requestAnimationFrame(done); });

  // The document's elements and those of components that keep theirs apart.
  function all(selector) {
    const hosts = document.querySelectorAll("[data-testid=stBidiComponentIsolated]");
    const roots = [document, ...[...hosts].map((host) => host.shadowRoot).filter(Boolean)];
    return roots.flatMap((root) => [...root.querySelectorAll(selector)]);
  }

  function inView(node, start, length) {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, start + length);
    const box = range.getBoundingClientRect();
    return box.width > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth
      && node.parentElement.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  }

  function isShown(text, selector) {
    for (const element of all(selector)) {
      if (!element.textContent.includes(text)) continue;
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.data.indexOf(text);
        if (at >= 0 && inView(node, at, text.length)) return true;
      }
    }
    return false;
  }

  async function shown(text, selector, patience) {
    const end = performance.now() + patience;
    while (!isShown(text, selector)) {
      if (performance.now() > end) return false;
      await frame();
    }
    await frame(); // the frame in which it is on screen
    return true;
  }

  // Whether what has the focus, at once or soon, takes text.
  async function takesText(patience) {
    const end = performance.now() + patience;
    for (;;) {
      let focused = document.activeElement;
      while (focused?.shadowRoot) focused = focused.shadowRoot.activeElement;
      if (focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement) return true;
      if (performance.now() > end) return false;
      await frame();
    }
  }

  return { shown, takesText };
})();
