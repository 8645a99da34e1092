// What a page shows, asked inside it frame by frame. Put into a page before its own scripts.

window.bench = (() => {
  const PATIENCE_MS = 180_000;
  const hosts = () => document.querySelectorAll("[data-testid=stBidiComponentIsolated]");
  const roots = () => [document, ...[...hosts()].map((host) => host.shadowRoot).filter(Boolean)];
  const all = (selector) => roots().flatMap((root) => [...root.querySelectorAll(selector)]);
  const frame = () => new Promise((done) => { requestAnimationFrame(done); });

  function inView(element) {
    const box = element.getBoundingClientRect();
    return box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.width > 0;
  }

  // Rows that can be seen in the timeline's own window; all of them with their text.
  function rows() {
    const [scroller] = all(".timeline .scroller");
    if (!scroller) return [];
    const room = scroller.getBoundingClientRect();
    return all(".timeline .row").filter((row) => {
      const box = row.getBoundingClientRect();
      return box.bottom > room.top + 1 && box.top < Math.min(room.bottom, innerHeight) - 1;
    });
  }

  const settled = () => {
    const seen = rows();
    return seen.length > 0 && seen.every((row) => !row.querySelector(".skeleton"));
  };
  const shown = () => all(".timeline .shown")[0]?.textContent ?? "";
  const chats = () => document.querySelectorAll("[data-testid=stChatMessage]").length;
  const idle = () => Boolean(document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]"));

  const conditions = {
    text: (selector) => all(selector).some((element) => inView(element) && element.textContent.trim() !== ""),
    folded: () => settled() && rows().every((row) => row.classList.contains("folded")),
    unfolded: () => settled() && rows().every((row) => !row.classList.contains("folded")),
    partial: () => settled() && shown().includes(" of "),
    whole: () => settled() && !shown().includes(" of "),
    row: (position) => settled() && rows().some((row) => Number(row.dataset.position) === position),
    chats: (count) => chats() === count && idle(),
    rest: idle,
    seen: (selector) => { const found = all(selector); return found.length > 0 && inView(found[found.length - 1]); },
  };

  async function until(name, value) {
    const end = performance.now() + PATIENCE_MS;
    while (!conditions[name](value)) {
      if (performance.now() > end) throw new Error(`not ${name} ${value ?? ""} within ${PATIENCE_MS / 1000} s`);
      await frame();
    }
    await frame(); // the frame in which it is on screen
    return performance.now();
  }

  const shifts = [];
  new PerformanceObserver((list) => { shifts.push(...list.getEntries()); }).observe({ type: "layout-shift", buffered: true });

  return {
    until,
    shift: (since) => shifts.filter((entry) => entry.startTime > since).reduce((sum, entry) => sum + entry.value, 0),
    elements: () => roots().reduce((sum, root) => sum + root.querySelectorAll("*").length, 0),
    async click(selector, name, value) {
      const start = performance.now();
      all(selector)[0].click();
      return await until(name, value) - start;
    },
    onKey(name, value) {
      this.key = new Promise((done, failed) => {
        window.addEventListener("keydown", () => {
          const start = performance.now();
          until(name, value).then((end) => done(end - start), failed);
        }, { capture: true, once: true });
      });
    },
  };
})();
