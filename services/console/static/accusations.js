// Who accuses whom: speakers on the left, targets on the right, a line as wide as the accusations are many.

import { el, svg, words } from "./dom.js";

const ROW = 26;
const WIDTH = 430;
const MARGIN = 160; // for names on either side
const SHOWN = 12; // pairs that are drawn; the table has all
const LETTERS = 20;

export function accusations(pairs, only) {
  if (pairs.length === 0) return null;
  return el(
    "figure",
    { class: "chart" },
    el("figcaption", {}, el("h2", {}, "Who accuses whom"), el("span", { class: "muted small" }, "choose a name to see its claims alone")),
    drawing(pairs.slice(0, SHOWN), only),
    el("details", { class: "small" }, el("summary", {}, "As a table"), table(pairs, only)),
  );
}

const named = (speaker) => speaker ?? "nobody named";

function drawing(pairs, only) {
  const speakers = [...new Set(pairs.map((pair) => pair.speaker))];
  const targets = [...new Set(pairs.map((pair) => pair.target))];
  const rows = Math.max(speakers.length, targets.length);
  const y = (place, among) => ((place + 0.5) * rows * ROW) / among;
  const most = Math.max(...pairs.map((pair) => pair.count));
  const lines = pairs.map((pair) => {
    const from = y(speakers.indexOf(pair.speaker), speakers.length);
    const to = y(targets.indexOf(pair.target), targets.length);
    const path = `M${MARGIN} ${from} C${WIDTH / 2} ${from} ${WIDTH / 2} ${to} ${WIDTH - MARGIN} ${to}`;
    return svg("path", { d: path, class: "flow", "stroke-width": 1.5 + (9 * pair.count) / most }, svg("title", {}, `${named(pair.speaker)} → ${pair.target}: ${pair.count}`));
  });
  const label = (role, name, x, at, anchor) => {
    const text = svg("text", { x, y: at, "text-anchor": anchor, "dominant-baseline": "middle" }, cut(named(name)), svg("title", {}, named(name)));
    if (name === null) return text;
    const choose = () => only(role, name);
    const press = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    };
    return svg("g", { role: "button", tabindex: 0, class: "flow-name", "aria-label": `Only ${role} ${name}`, onclick: choose, onkeydown: press }, text);
  };
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${rows * ROW}`, class: "flows", role: "group", "aria-label": "Who accuses whom" },
    lines,
    speakers.map((name, place) => label("speaker", name, MARGIN - 8, y(place, speakers.length), "end")),
    targets.map((name, place) => label("target", name, WIDTH - MARGIN + 8, y(place, targets.length), "start")),
  );
}

function cut(name) {
  const letters = [...name];
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS - 1).join("")}…` : name;
}

function table(pairs, only) {
  const name = (role, one) => (one === null ? named(one) : el("button", { type: "button", class: "name", onclick: () => only(role, one) }, words(one)));
  return el(
    "table",
    { class: "plain-table" },
    el("thead", {}, el("tr", {}, ["Speaker", "Target", "Accusations"].map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, pairs.map((pair) => el("tr", {}, el("td", {}, name("speaker", pair.speaker)), el("td", {}, name("target", pair.target)), el("td", {}, pair.count)))),
  );
}
