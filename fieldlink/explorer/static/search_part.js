// Results of a search: one to three ways to search, side by side.

import * as api from "./api.js";
import { card } from "./cards.js";
import { element, menu } from "./elements.js";
import { addressOf, filtersOf, MOST_COLUMNS, questionOf } from "./state.js";
import { zeroShotForm } from "./zero_shot.js";

/** Show the results of a state in `place`; `show` goes to another state. Returns the answers. */
export async function searchPart(place, { state, study, show, signal, first }) {
  const kind = kindOf(state);
  const usable = study.variants.filter(variant => variant.for_kinds.includes(kind));
  const chosen = state.by.filter(name => usable.some(variant => variant.name === name));
  const columns = chosen.length ? chosen : [usable[0].name];
  const answers = await Promise.all(columns.map(by =>
    first?.by === by ? first : api.search({ ...questionOf(state), ...filtersOf(state), by }, signal)));
  const change = (number, by) => show({ ...state, by: columns.map((each, at) => at === number ? by : each).filter(Boolean) });
  const unused = usable.find(variant => !columns.includes(variant.name));
  place.replaceChildren(
    element("div", { class: "columns" }, answers.map((answer, number) => column(answer, number, columns.length, usable, change, state))),
    element("p", {}, columns.length < MOST_COLUMNS && unused && element("button", {
      type: "button", onclick: () => show({ ...state, by: [...columns, unused.name] }),
    }, "Compare with another way to search")),
    kind === "text" ? "" : zeroShotForm(questionOf(state), { state, study, show }));
  return answers;
}

/** What is asked with: text, image, mesh or nerf. */
export function kindOf(state) {
  return state.text ? "text" : state.nerf ? "nerf" : state.kind || "image";
}

function column(answer, number, count, usable, change, state) {
  const choose = menu("by", variantOptions(usable), answer.by, "Way to search");
  choose.addEventListener("change", () => change(number, choose.value));
  const judged = answer.rows.filter(row => row.right !== null), right = judged.filter(row => row.right).length;
  const summary = judged.length ? `${right} of ${judged.length} of class ${answer.query.class_name}` : `${answer.rows.length} found`;
  return element("section", { class: "column", "aria-label": `Found by ${answer.by}` },
    element("div", { class: "column-head" }, choose,
      count > 1 && element("button", { type: "button", onclick: () => change(number, null), "aria-label": `Remove ${answer.by}` }, "×")),
    element("p", { class: "quiet" }, `${summary}; ${answer.seed === "mean" ? "mean over seeds" : `seed ${answer.seed}`}`),
    answer.rows.length
      ? element("ol", { class: "cards" }, answer.rows.map(row => card(row, addressOf({ ...state, object: row.id }))))
      : element("p", {}, "Nothing passes the filters."));
}

/** Ways to search by what is mapped to what. */
function variantOptions(variants) {
  const titles = { clip2nerf: "clip2nerf: queries into the NeRFs' space", nerf2clip: "nerf2clip: NeRFs into CLIP's space", "": "one space alone" };
  return Object.entries(titles).map(([direction, group]) => ({
    group, options: variants.filter(variant => variant.direction === direction).map(variant => [variant.name, titleOf(variant)]),
  })).filter(({ options }) => options.length);
}

function titleOf(variant) {
  return variant.name + (variant.study && !variant.name.startsWith(variant.study) ? ` (${variant.study})` : "");
}
