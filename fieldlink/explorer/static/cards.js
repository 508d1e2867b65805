// Cards of NeRFs that were found.

import { frameAddress, pictureAddress } from "./api.js";
import { decimal, element } from "./elements.js";

const VIEW = 0;  // number of the ground-truth view on a card
const SIZE = 64;  // pixels of a render on a card, as many as a view of the default study has

/** A card: ground truth and NeRF from the same camera, and what is known of the object. */
export function card(row, address) {
  return element("li", { class: `card ${verdict(row.right)}` },
    element("a", { href: address, "data-object": row.id },
      element("span", { class: "pair" },
        picture(pictureAddress(row.id, VIEW), "Ground truth"),
        picture(frameAddress(row.id, { number: VIEW, size: SIZE }), "NeRF")),
      element("span", { class: "id" }, row.id),
      element("span", { class: "facts" },
        element("span", {}, row.class_name ?? "no class"),
        element("span", {}, row.split ?? ""),
        element("span", { class: "score" }, decimal(row.score, 3))),
      row.right !== null && element("span", { class: "verdict" }, row.right ? "✓ right class" : "✗ wrong class")));
}

function picture(source, caption) {
  return element("span", { class: "picture" },
    element("img", { src: source, alt: "", loading: "lazy", width: SIZE, height: SIZE }), element("span", {}, caption));
}

function verdict(right) {
  return right === null ? "" : right ? "right" : "wrong";
}
