// The reader's place in the page's address: `replay`, the position of a message, `presenter`, the colours, and `message`,
// the position of the marked message. It is put there without a step in the browser's history and without a rerun.

export const OWN = ["replay", "presenter"] as const;
const WRITTEN = [...OWN, "message"] as const;
type Name = (typeof WRITTEN)[number];
type Place = Record<Name, string | null>;

// The colours that the presenter view can have beside the page's own.
export const COLOURS = ["light", "dark"] as const;
export type Colours = (typeof COLOURS)[number];
export const isColours = (value: string | null): value is Colours => COLOURS.some((colours) => colours === value);

const WRITE_MS = 400; // browsers refuse an address that is changed too often
const HANDED_ON_MS = 3_000;

export class Address {
  private readonly path = window.location.pathname;
  private readonly onhide = () => this.write();
  private written = Number.NEGATIVE_INFINITY;
  private timer = 0;
  private place: Place;

  constructor(
    private readonly session: string,
    before: Address | null = null,
  ) {
    const { searchParams } = new URL(window.location.href);
    this.place = before ? { ...before.place } : { replay: null, presenter: null, message: null };
    if (!before) for (const name of WRITTEN) this.place[name] = searchParams.get(name);
    window.addEventListener("pagehide", this.onhide);
  }

  get replay(): number | null {
    return /^\d{1,9}$/.test(this.place.replay ?? "") ? Number(this.place.replay) : null;
  }

  get presenter(): Colours | "on" | null {
    const { presenter } = this.place;
    return presenter === null || isColours(presenter) ? presenter : "on";
  }

  set(name: Name, value: string | number | null): void {
    this.place[name] = value === null ? null : String(value);
    if (this.timer) return;
    const wait = this.written + WRITE_MS - performance.now();
    if (wait <= 0) this.write();
    else this.timer = window.setTimeout(() => this.write(), wait);
  }

  write(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    const address = new URL(window.location.href);
    const session = address.searchParams.get("id") ?? this.session;
    if (address.pathname !== this.path || session !== this.session) return;
    for (const name of WRITTEN) {
      const value = this.place[name];
      if (value === null) address.searchParams.delete(name);
      else address.searchParams.set(name, value);
    }
    if (address.href === window.location.href) return;
    this.written = performance.now();
    window.history.replaceState(window.history.state, "", address);
  }

  stop(): void {
    clearTimeout(this.timer);
    window.removeEventListener("pagehide", this.onhide);
  }
}

// A timeline that has a place in the address.
export interface Placed {
  readonly data: { session: string };
  readonly live: boolean;
  readonly address: Address;
  retire(): void;
  revive(): void;
}

// Who has the address. `before` gave way to it, and is still in the page for some frames.
interface Holder {
  view: Placed;
  before: Placed | null;
  session: string;
  left: number | null; // null while it is there
}

let holder: Holder | null = null;

// Streamlit may put an older address back when it changes one of its own parameters, as by the switch to the other
// copy. So the timeline that takes the place of another goes on where that one is, whatever the address says.
export function takeAddress(view: Placed): Address {
  const { session } = view.data;
  const before = holder?.session === session ? holder : null;
  const goesOn = before && (before.view.live || performance.now() - (before.left ?? 0) < HANDED_ON_MS);
  const address = new Address(session, goesOn ? before.view.address : null);
  if (goesOn) {
    before.view.retire();
    address.write();
  }
  holder = { view, before: goesOn && before.left === null ? before.view : null, session, left: null };
  return address;
}

// The timeline is taken out of the page: another one may go on from it for some seconds. The one that it replaced does
// so at once if it is still there, as when a reader switches to the other copy and back before Streamlit removed it.
export function leaveAddress(view: Placed): void {
  if (holder?.before === view) holder.before = null;
  if (holder?.view !== view || holder.session !== view.data.session) return;
  holder.left = performance.now();
  const { before } = holder;
  holder.before = null;
  before?.revive();
}
