// The keyboard's place on the page, which stays where it is while the page around it changes.

/** Replace the children of `container`. If the focus was within it, it goes to the control of the same name (of check
 *  boxes: and value) and number among those, else to the page's main part. */
export function replaceChildren(container, ...children) {
  const { activeElement: held } = document;
  const find = container.contains(held) && finder(held, container);
  container.replaceChildren(...children);
  if (!find) return;
  find()?.focus({ preventScroll: true });
  if (!container.contains(document.activeElement)) document.getElementById("main").focus({ preventScroll: true });
}

/** Finds the control in a container that stands for an old one. */
function finder(old, container) {
  const alike = () => [...container.querySelectorAll("[name]")].filter(control => key(control) === key(old));
  const number = alike().indexOf(old);
  return () => alike()[number];
}

function key(control) {
  return [control.tagName, control.getAttribute("name"), control.type === "checkbox" ? control.value : ""].join("\n");
}
