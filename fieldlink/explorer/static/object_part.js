// The page of one object: live view, measures, views beside renders, neighbours in every space, zero-shot.

import * as api from "./api.js";
import { card } from "./cards.js";
import { element, shown } from "./elements.js";
import { LiveView } from "./live_view.js";
import { addressOf } from "./state.js";
import { zeroShotForm } from "./zero_shot.js";

const PSNR = {
  psnr_heldout: "PSNR, held-out views", psnr_train: "PSNR, fitted views",
  psnr_heldout_foreground: "PSNR, held-out views, object alone", psnr_train_foreground: "PSNR, fitted views, object alone",
};
const FIRST = ["nf2vec", "CLIP mean"];  // spaces that need no mapper

/** Show the object of a state in `place`. */
export async function objectPart(place, { state, study, show, signal }) {
  const object = await api.objectPage(state.object, { seed: state.seed, k: 6 }, signal);
  const live = new LiveView(object.id);
  const like = { ...state, object: "", text: "", query: "", name: "", kind: "", nerf: object.id, part: "" };
  place.replaceChildren(
    element("div", { class: "object" },
      element("div", {}, element("h2", {}, object.id), live.element),
      element("div", {}, facts(object), views(object),
        element("p", {}, element("a", { href: addressOf(like), "data-state": true }, "Search for NeRFs like this one")))),
    zeroShotForm({ nerf: object.id }, { state, study, show }),
    element("h2", {}, "Neighbours in every space"),
    ...sorted(Object.entries(object.neighbours)).map(([space, rows]) => neighbours(space, rows, state)));
  live.start(signal);
  return [object];
}

function facts(object) {
  const copy = object.augmentation ? `augmented copy of ${object.base_id}` : "original";
  const rows = [
    ["Class", object.class_name ?? "none"], ["Split", object.split ?? "none"], ["Caption", object.caption ?? "none"], ["Object", copy],
    ...Object.entries(PSNR).map(([name, title]) => [title, `${shown(object.psnr[name], 1)} dB`]),
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
  const slider = element("input", { type: "range", min: 0, max: object.views.length - 1, value: 0, "aria-label": "Ground-truth view" });
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

function sorted(spaces) {
  return [...spaces.filter(([name]) => FIRST.includes(name)), ...spaces.filter(([name]) => !FIRST.includes(name))];
}

function neighbours(space, rows, state) {
  const right = rows.filter(row => row.right).length, known = rows.filter(row => row.right !== null).length;
  return element("details", { open: FIRST.includes(space) },
    element("summary", {}, `${space}: ${right} of ${known} of its class`),
    element("ol", { class: "cards small" }, rows.map(row => card(row, addressOf({ ...state, object: row.id })))));
}
