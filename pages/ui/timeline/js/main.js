// As high as the page lets it be, and the entry point. A rerun calls the entry point again with the same
// element: the view stays, so that nothing moves.

const LEAST_HEIGHT = 380;

class Fitter {
  constructor(view) {
    this.view = view;
    this.main = view.host.closest("[data-testid=stMain]") ?? document.scrollingElement;
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.main);
    if (this.main.firstElementChild) this.observer.observe(this.main.firstElementChild);
    this.onresize = () => this.fit();
    window.addEventListener("resize", this.onresize);
  }

  fit() {
    const { root } = this.view;
    const top = root.getBoundingClientRect().top - this.main.getBoundingClientRect().top + this.main.scrollTop;
    const room = this.main.clientHeight;
    const left = room - top - 20;
    const height = Math.max(LEAST_HEIGHT, left < LEAST_HEIGHT ? Math.floor(room * 0.8) : Math.floor(left));
    if (root.style.height !== `${height}px`) root.style.height = `${height}px`;
    const wide = root.clientWidth;
    if (wide !== this.wide) {
      this.wide = wide;
      this.view.updateBar();
    }
  }

  stop() {
    this.observer.disconnect();
    window.removeEventListener("resize", this.onresize);
  }
}

const views = new WeakMap();

export default function timeline({ data, parentElement }) {
  const root = parentElement.querySelector(".timeline");
  let view = views.get(parentElement);
  if (view && view.root === root) {
    view.update(data);
  } else {
    view?.stop();
    view = new View(root, parentElement instanceof ShadowRoot ? parentElement.host : parentElement, data);
    views.set(parentElement, view);
  }
  return () => {
    view.stop();
    views.delete(parentElement);
  };
}
