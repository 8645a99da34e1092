// What a reader has set up in a conversation. It outlives the script and its element, not the page.

const remembered = new Map();
const MOST_REMEMBERED = 20;

class State {
  static of(session, source) {
    const key = JSON.stringify([session, source]);
    const state = remembered.get(key) ?? new State();
    remembered.delete(key);
    remembered.set(key, state);
    if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value);
    return state;
  }

  constructor() {
    this.anchor = { ordinal: 0, above: 0 };
    this.groups = new Set(GROUPS);
    this.mode = "exact";
    this.presented = "rendered"; // in the presenter view
    this.fold = "auto";
    this.outline = null;
    this.query = "";
    this.current = -1;
    this.lit = null;
    this.flash = 0;
    this.asked = undefined;
    this.exact = new Set();
    this.drafts = new Map(); // notes that are being written, by message and note
    this.deleting = null; // the note whose deletion is to be confirmed
    this.noted = false; // only messages with notes
    this.notedAt = null;
    this.callsShown = new Map();
    this.forgetWays();
  }

  // Ways of showing a message: folded (a line), auto (long texts cut, results closed), open (everything).
  forgetWays() {
    this.ways = new Map();
    this.texts = new Map();
    this.results = new Map();
  }

  viewOf(ordinal) {
    return this.ways.get(ordinal) ?? this.fold;
  }

  setWay(ordinal, way) {
    this.ways.set(ordinal, way);
    for (const key of this.texts.keys()) if (key.startsWith(`${ordinal} `)) this.texts.delete(key);
  }
}
