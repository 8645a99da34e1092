// The reader's place in the page's address: `replay`, the position of a message, and `presenter`, the colours.
// It is put there without a step in the browser's history and without a rerun.

const OWN = ["replay", "presenter"];
const WRITE_MS = 400; // browsers refuse an address that is changed too often

class Address {
  static read() {
    const { searchParams } = new URL(window.location.href);
    return Object.fromEntries(OWN.map((name) => [name, searchParams.get(name)]));
  }

  constructor(session) {
    this.session = session;
    this.path = window.location.pathname;
    this.place = Address.read();
    this.written = -Infinity;
    this.timer = 0;
    this.onhide = () => this.write();
    window.addEventListener("pagehide", this.onhide);
  }

  get replay() {
    return /^\d{1,9}$/.test(this.place.replay ?? "") ? Number(this.place.replay) : null;
  }

  get presenter() {
    return this.place.presenter === null || this.place.presenter in COLOURS ? this.place.presenter : "on";
  }

  set(name, value) {
    this.place[name] = value === null ? null : String(value);
    if (this.timer) return;
    const wait = this.written + WRITE_MS - performance.now();
    if (wait <= 0) this.write();
    else this.timer = setTimeout(() => this.write(), wait);
  }

  write() {
    clearTimeout(this.timer);
    this.timer = 0;
    const address = new URL(window.location.href);
    if (address.pathname !== this.path || (address.searchParams.get("session") ?? this.session) !== this.session) return;
    for (const name of OWN) {
      if (this.place[name] === null) address.searchParams.delete(name);
      else address.searchParams.set(name, this.place[name]);
    }
    if (address.href === window.location.href) return;
    this.written = performance.now();
    window.history.replaceState(window.history.state, "", address);
  }

  stop() {
    clearTimeout(this.timer);
    window.removeEventListener("pagehide", this.onhide);
  }
}

// Streamlit may put an older address back when it changes one of its own parameters, as by the switch to the other
// copy. So the timeline that takes the place of another goes on where that one is, whatever the address says.
const placed = new Map();
const HANDED_ON_MS = 3_000;

function placeOf(view) {
  const before = placed.get(view.data.session);
  const goesOn = before && (before.view.live || performance.now() - before.left < HANDED_ON_MS);
  const address = new Address(view.data.session);
  if (goesOn) {
    address.place = { ...before.view.address.place };
    before.view.retire();
    address.write();
  }
  placed.clear();
  placed.set(view.data.session, { view, left: 0 });
  return address;
}

function leavePlace(view) {
  const held = placed.get(view.data.session);
  if (held?.view === view) held.left = performance.now();
}
