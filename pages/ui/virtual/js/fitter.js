// As high as the page lets it be.

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
