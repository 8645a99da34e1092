// As high as the page lets it be.

const LEAST_HEIGHT = 380;

export class Autosize {
  private readonly main: Element;
  private readonly observer: ResizeObserver;
  private readonly onresize = () => this.fit();
  private wide = -1;

  constructor(
    private readonly root: HTMLElement,
    host: Element,
    private readonly onwidth: () => void,
    private readonly least = LEAST_HEIGHT,
  ) {
    this.main = host.closest("[data-testid=stMain]") ?? document.scrollingElement ?? document.documentElement;
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.main);
    if (this.main.firstElementChild) this.observer.observe(this.main.firstElementChild);
    window.addEventListener("resize", this.onresize);
  }

  fit(): void {
    const { root, main } = this;
    const top = root.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop;
    const height = `${heightFor(top, main.clientHeight, this.least)}px`;
    if (root.style.height !== height) root.style.height = height;
    const wide = root.clientWidth;
    if (wide !== this.wide) {
      this.wide = wide;
      this.onwidth();
    }
  }

  stop(): void {
    this.observer.disconnect();
    window.removeEventListener("resize", this.onresize);
  }
}

// Down to the end of the page; most of the window where too little is left.
export function heightFor(top: number, room: number, least = LEAST_HEIGHT): number {
  const left = room - top - 20;
  return Math.max(LEAST_HEIGHT, Math.floor(left < least ? room * 0.8 : left));
}
