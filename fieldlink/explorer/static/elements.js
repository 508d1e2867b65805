// Elements of the page. Texts become text nodes, never markup.

/** An element with attributes and children; `on…` attributes are listeners, null and false are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return made;
}

/** A label around a control. */
export function labelled(text, control) {
  return element("label", {}, element("span", {}, text), control);
}

/** A menu; `options` are [value, text], or {group, options}. */
export function menu(name, options, chosen, label = null) {
  const option = ([value, text]) => element("option", { value, selected: value === chosen }, text);
  const entries = options.map(entry => entry.group
    ? element("optgroup", { label: entry.group }, entry.options.map(option)) : option(entry));
  return element("select", { name, "aria-label": label }, entries);
}

/** A number with `digits` behind the point; a dash for none. */
export function decimal(number, digits = 2) {
  return typeof number === "number" ? number.toFixed(digits).replace("-", "−") : "–";
}
