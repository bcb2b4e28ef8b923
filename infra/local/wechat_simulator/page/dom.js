// Builds DOM nodes. Data only ever becomes text or an attribute, never markup.

const PROPERTIES = new Set(["value", "disabled", "hidden", "checked", "type", "placeholder", "htmlFor"]);
const SVG = "http://www.w3.org/2000/svg";

/** `el("button.primary", {onclick, "aria-label": …}, "text", child)`; null and false are left out. */
export function el(spec, attributes = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(...present(children));
  return node;
}

/** Puts `children` in place of what `node` holds. */
export function fill(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

/** A button that never submits a form. */
export function button(spec, attributes, ...children) {
  return el(`button${spec}`, { type: "button", ...attributes }, ...children);
}

/** One drawing of icons.svg, hidden from screen readers: label the button that holds it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `page/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

function present(children) {
  return children.flat(2).filter((child) => child !== null && child !== undefined && child !== false);
}

function set(node, name, value) {
  if (value === null || value === undefined) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) node[name] = value;
  else if (value === false && !name.startsWith("aria-")) return;
  else node.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
}
