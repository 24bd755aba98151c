// Making elements. Text only ever enters the page as text nodes; nothing here reads HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const el = (name, properties, ...children) => fill(document.createElement(name), properties, children);

export const svg = (name, properties, ...children) => fill(document.createElementNS(SVG, name), properties, children);

// Text of unknown direction, apart from what stands around it.
export const words = (text, className) => el("bdi", { class: className }, text);

export const link = (url, text, className) =>
  el("a", { href: url, rel: "noreferrer noopener", target: "_blank", class: className }, text);

export function field(label, control, hint) {
  control.id ||= `f-${Math.random().toString(36).slice(2)}`;
  return el("div", { class: "field" }, el("label", { for: control.id }, label), control, hint && el("span", { class: "hint" }, hint));
}

export function select(options, chosen) {
  const control = el("select", {});
  for (const [value, text] of options) control.append(new Option(text, value, false, value === chosen));
  return control;
}
