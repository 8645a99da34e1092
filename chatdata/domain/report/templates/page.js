"use strict";
// Search, collapsing and theme of the file. It only reads text and sets `hidden`, `open` and one attribute of the root.
const box = document.getElementById("search");
const told = document.getElementById("told");
const highlight = window.Highlight && CSS.highlights ? new Highlight() : null;
if (highlight) CSS.highlights.set("found", highlight);
const MOST_MARKS = 2000;

function words() {
  return box.value.toLowerCase().split(/\s+/).filter(Boolean);
}

function mark(part, wanted) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.toLowerCase();
    if (text.length !== node.data.length) continue;
    for (const word of wanted) {
      for (let at = text.indexOf(word); at >= 0 && highlight.size < MOST_MARKS; at = text.indexOf(word, at + word.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        highlight.add(range);
      }
    }
  }
}

function search() {
  const wanted = words();
  let found = 0;
  if (highlight) highlight.clear();
  for (const part of document.querySelectorAll(".message, .pair, .finding, .remark")) {
    const fits = wanted.every((word) => part.textContent.toLowerCase().includes(word));
    part.hidden = !fits;
    if (!fits || !wanted.length) continue;
    found += 1;
    if (part.tagName === "DETAILS") part.open = true;
    if (highlight) mark(part, wanted);
  }
  for (const session of document.querySelectorAll(".session")) {
    const fits = !wanted.length || session.querySelector(".message:not([hidden]), .pair:not([hidden]), .finding:not([hidden]), .remark:not([hidden])");
    session.hidden = !fits;
    if (wanted.length && fits) session.open = true;
  }
  told.textContent = wanted.length ? `${found.toLocaleString("en")} found` : "";
}

function openAll(open) {
  for (const part of document.querySelectorAll("details.message")) part.open = open;
}

let waiting = 0;
box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
document.getElementById("collapse").addEventListener("click", () => openAll(false));
document.getElementById("expand").addEventListener("click", () => openAll(true));
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== box) { event.preventDefault(); box.focus(); }
  if (event.key === "Escape" && event.target === box) { box.value = ""; search(); }
});
