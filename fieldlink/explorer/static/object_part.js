// The page of one object: live view, measures, views beside renders, neighbours in every space, zero-shot.

import * as api from "./api.js";
import { card } from "./cards.js";
import { decimal, element } from "./elements.js";
import { replaceChildren } from "./focus.js";
import { LiveView } from "./live_view.js";
import { addressOf, searchOf, waysFor, withObject, withQuestion } from "./state.js";
import { zeroShotForm } from "./zero_shot.js";

const PSNR = {
  psnr_heldout: "PSNR, held-out views", psnr_train: "PSNR, fitted views",
  psnr_heldout_foreground: "PSNR, held-out views, object alone", psnr_train_foreground: "PSNR, fitted views, object alone",
};
const NEIGHBOURS = 6;

/** Show the object of a state in `container`. */
export async function objectPart(container, { state, study, remember, signal }) {
  const object = await api.objectPage(state.object, { k: NEIGHBOURS }, signal);
  const live = new LiveView(object.id, state, remember);
  const like = { ...withQuestion(state, { nerf: object.id }), part: "" };
  replaceChildren(container,
    element("div", { class: "object" },
      element("div", {}, element("h2", {}, object.id), live.element),
      element("div", {}, facts(object), views(object),
        element("p", {}, element("a", { href: addressOf(like), "data-state": true }, "Search for NeRFs like this one")))),
    zeroShotForm({ nerf: object.id }, { state, study, remember }),
    element("h2", {}, "Neighbours in every space"),
    ...Object.entries(object.neighbours).map(([space, rows]) => neighbours(space, rows, state)),
    ...waysFor("nerf", study).filter(({ name }) => !object.neighbours[name]).map(({ name }) => laterNeighbours(name, object, { state, study, signal })));
  live.start(signal);
  return [object];
}

function facts(object) {
  const copy = object.augmentation ? `augmented copy of ${object.base_id}` : "original";
  const rows = [
    ["Class", object.class_name ?? "none"], ["Split", object.split ?? "none"], ["Caption", object.caption ?? "none"], ["Object", copy],
    ...Object.entries(PSNR).map(([name, title]) => [title, `${decimal(object.psnr[name], 1)} dB`]),
    ...Object.entries(object.paths).map(([name, path]) => [`File, ${name}`, path]),
  ];
  return element("dl", {}, rows.map(([title, value]) => [element("dt", {}, title), element("dd", {}, value)]));
}

/** A ground-truth view beside the NeRF from the same camera. */
function views(object) {
  if (!object.views.length) return null;
  const truth = element("img", { alt: "Ground truth", width: 128, height: 128 });
  const render = element("img", { alt: "The NeRF from the same camera", width: 128, height: 128 });
  const number = element("output", {});
  const slider = element("input", { type: "range", min: 0, max: object.views.length - 1, value: 0, name: "view", "aria-label": "Ground-truth view" });
  const change = () => {
    const view = object.views[Number(slider.value)];
    truth.src = api.pictureAddress(object.id, view);
    render.src = api.frameAddress(object.id, { number: view, size: 128 });
    number.textContent = ` view ${view}`;
  };
  slider.addEventListener("input", change);
  change();
  return element("figure", {}, element("div", { class: "pair" }, truth, render),
    element("figcaption", {}, "Ground truth, and the NeRF from the same camera ", element("br"), slider, number));
}

function neighbours(space, rows, state) {
  return element("details", { open: true }, element("summary", {}, titleOf(space, rows)), cards(rows, state));
}

/** Neighbours in a space of a mapper, which are searched for when they are first shown. */
function laterNeighbours(space, object, { state, study, signal }) {
  const title = element("summary", {}, space), details = element("details", {}, title);
  const { seed } = searchOf(state, study, space);
  let requested = false;
  details.addEventListener("toggle", async () => {
    if (requested || !details.open) return;
    requested = true;
    try {
      const { rows } = await api.search({ nerf: object.id, by: space, seed, k: NEIGHBOURS }, signal);
      title.textContent = titleOf(space, rows);
      details.replaceChildren(title, cards(rows, state));
    } catch (error) {
      requested = false;  // so that it is requested again when it is next shown
      if (!signal.aborted) details.replaceChildren(title, element("p", { class: "error" }, error.message));
    }
  });
  return details;
}

function titleOf(space, rows) {
  const right = rows.filter(row => row.right).length, judged = rows.filter(row => row.right !== null).length;
  return judged ? `${space}: ${right} of ${judged} of its class` : space;
}

function cards(rows, state) {
  return element("ol", { class: "cards small" }, rows.map(row => card(row, addressOf(withObject(state, row.id)))));
}
