// The map: a space in two dimensions, with the query in it.

import * as api from "./api.js";
import { csv, download } from "./csv.js";
import { element, menu } from "./elements.js";
import { replaceChildren } from "./focus.js";
import { isPlaced, MapCanvas } from "./map_canvas.js";
import { addressOf, chosenWays, filtersOf, questionOf, searchOf, withObject } from "./state.js";

const MOST_LISTED = 100;

/** Show the map of a state in `container`. What is seen of it goes into the address. */
export async function mapPart(container, { state, study, show, remember, signal }) {
  const map = await api.map({ space: state.space, ...filtersOf(state), ...placed(state, study) }, signal);
  const spaces = menu("space", Object.entries(study.maps), map.space, "Space");
  spaces.addEventListener("change", () => show({ ...state, space: spaces.value, window: "" }));
  if (!map.ids.length) {
    replaceChildren(container, element("div", { class: "tools" }, spaces), element("p", {}, "Nothing passes the filters."));
    return [map];
  }
  const chosen = element("div", { role: "status", "aria-live": "polite" });
  const canvas = new MapCanvas(map, state, {
    open: id => show(withObject(state, id)),
    choose: rows => chosen.replaceChildren(...selection(map, rows, state)),
    remember,
  });
  replaceChildren(container,
    element("div", { class: "tools" }, spaces,
      button("Zoom in", () => canvas.zoom(1.5)), button("Zoom out", () => canvas.zoom(1 / 1.5)), button("Whole map", () => canvas.reset()),
      canvas.lassoButton),
    element("p", { class: "quiet" }, describe(map, state)),
    canvas.element, canvas.legend, chosen);
  canvas.start(signal);
  return [map];
}

/** The question of a state with the way to search by which it gets its place; nothing without a question. */
function placed(state, study) {
  const question = questionOf(state);
  if (!Object.keys(question).length) return {};
  const { by, seed } = searchOf(state, study, chosenWays(state, study)[0]);
  return { ...question, by, seed };
}

function button(text, onclick) {
  return element("button", { type: "button", name: text.toLowerCase(), onclick }, text);
}

function describe(map, state) {
  const query = isPlaced(map.query) ? ` The star is the query, “${state.name || map.query.name}”, at the mean place of its nearest objects.` : "";
  const all = map.origin.objects;
  const subset = map.ids.length < all ? ` of ${all}: those that pass the filters, and of a study's t-SNE its test objects alone` : "";
  return `${map.ids.length} objects${subset}. Distances have no unit. Drag to move, wheel or + and − to zoom, click for an object.${query}`;
}

function selection(map, rows, state) {
  if (!rows.length) return [];
  const table = [["id", "class", "x", "y"], ...rows.map(row => [map.ids[row], map.classes[row], map.x[row], map.y[row]])];
  return [
    element("h2", {}, `${rows.length} chosen`),
    element("p", {}, button("Export CSV", () => download(`${map.space}.csv`, csv(table)))),
    element("ul", { class: "ids" }, rows.slice(0, MOST_LISTED).map(row => element("li", {},
      element("a", { href: addressOf(withObject(state, map.ids[row])), "data-object": map.ids[row] }, map.ids[row])))),
    rows.length > MOST_LISTED && element("p", { class: "quiet" }, `and ${rows.length - MOST_LISTED} more; the CSV has them all`),
  ].filter(Boolean);
}
