// Everything a conversation brought arrives here as text and stays text.
const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const copyButton = (value, label) => {
  const button = element("button", "", "Copy");
  button.type = "button";
  button.setAttribute("aria-label", `Copy ${label}`);
  button.onclick = async () => {
    await navigator.clipboard.writeText(value);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };
  return button;
};

const fact = ({ label, value, copy, hint, tone }) => {
  const box = element("div");
  if (hint) box.title = hint;
  const shown = element("dd", copy ? "mono" : "");
  if (tone) shown.append(element("span", `dot ${tone}`));
  shown.append(value);
  if (copy) shown.append(copyButton(value, label));
  box.append(element("dt", "", label), shown);
  return box;
};

export default function ({ parentElement, data }) {
  const root = element("header", "facts");
  const rows = data.rows.filter((facts) => facts.length).map((facts) => {
    const row = element("dl");
    row.append(...facts.map(fact));
    return row;
  });
  root.append(element("h1", data.quiet ? "quiet" : "", data.title), ...rows);
  root.firstChild.dir = "auto";
  parentElement.querySelector(".facts")?.remove();
  parentElement.append(root);
}
