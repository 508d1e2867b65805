// The map: a space in two dimensions, with the query in it.

import * as api from "./api.js";
import { csv, download } from "./csv.js";
import { element, menu } from "./elements.js";
import { MapCanvas } from "./map_canvas.js";
import { addressOf, filtersOf, questionOf } from "./state.js";

const MOST_LISTED = 100;

/** Show the map of a state in `place`. */
export async function mapPart(place, { state, study, show, signal }) {
  const question = questionOf(state), asks = Object.keys(question).length > 0;
  const map = await api.map({ space: state.space, ...question, ...(asks ? { ...filtersOf(state), by: state.by[0] ?? "" } : {}) }, signal);
  const spaces = menu("space", Object.entries(study.maps), map.space, "Space");
  spaces.addEventListener("change", () => show({ ...state, space: spaces.value }));
  const chosen = element("div", { role: "status", "aria-live": "polite" });
  const canvas = new MapCanvas(map, {
    open: id => show({ ...state, object: id }),
    choose: rows => chosen.replaceChildren(...selection(map, rows, state)),
  });
  place.replaceChildren(
    element("div", { class: "tools" }, spaces,
      button("Zoom in", () => canvas.zoom(1.5)), button("Zoom out", () => canvas.zoom(1 / 1.5)), button("Whole map", () => canvas.reset()),
      canvas.lassoButton),
    element("p", { class: "quiet" }, describe(map)),
    canvas.element, canvas.legend, chosen);
  canvas.start(signal);
  return [];
}

function button(text, onclick) {
  return element("button", { type: "button", onclick }, text);
}

function describe(map) {
  const query = map.query ? ` The star is the query, “${map.query.name}”, at the mean place of its nearest objects.` : "";
  return `${map.ids.length} objects. Distances have no unit. Drag to move, wheel or + and − to zoom, click for an object.${query}`;
}

function selection(map, rows, state) {
  if (!rows.length) return [];
  const table = [["id", "class", "x", "y"], ...rows.map(row => [map.ids[row], map.classes[row], map.x[row], map.y[row]])];
  return [
    element("h2", {}, `${rows.length} chosen`),
    element("p", {}, button("Export CSV", () => download(`${map.space}.csv`, csv(table)))),
    element("ul", { class: "ids" }, rows.slice(0, MOST_LISTED).map(row => element("li", {},
      element("a", { href: addressOf({ ...state, object: map.ids[row] }), "data-object": map.ids[row] }, map.ids[row])))),
    rows.length > MOST_LISTED && element("p", { class: "quiet" }, `and ${rows.length - MOST_LISTED} more; the CSV has them all`),
  ].filter(Boolean);
}
