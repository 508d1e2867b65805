// Results of a search: one to three ways to search, side by side.

import * as api from "./api.js";
import { card } from "./cards.js";
import { element, menu } from "./elements.js";
import { replaceChildren } from "./focus.js";
import { addressOf, chosenWays, kindOf, MOST_COLUMNS, questionOf, searchOf, waysFor, withObject } from "./state.js";
import { zeroShotForm } from "./zero_shot.js";

/** Show the results of a state in `container`; `show` goes to another state. Returns the answers. */
export async function searchPart(container, { state, study, show, remember, signal, first }) {
  const usable = waysFor(kindOf(state), study), columns = chosenWays(state, study);
  const answers = await Promise.all(columns.map(by =>
    first?.by === by ? first : api.search({ ...questionOf(state), ...searchOf(state, study, by) }, signal)));
  const change = (number, by) => show({ ...state, by: columns.map((variant, at) => at === number ? by : variant).filter(Boolean) });
  const unused = usable.find(variant => !columns.includes(variant.name));
  replaceChildren(container,
    element("div", { class: "columns" }, answers.map((answer, number) => column(answer, number, columns.length, usable, change, state))),
    element("p", {}, columns.length < MOST_COLUMNS && unused && element("button", {
      type: "button", name: "compare", onclick: () => show({ ...state, by: [...columns, unused.name] }),
    }, "Compare with another way to search")),
    kindOf(state) === "text" ? "" : zeroShotForm(questionOf(state), { state, study, remember }));
  return answers;
}

function column(answer, number, count, usable, change, state) {
  const choose = menu("by", variantOptions(usable), answer.by, "Way to search");
  choose.addEventListener("change", () => change(number, choose.value));
  const judged = answer.rows.filter(row => row.right !== null), right = judged.filter(row => row.right).length;
  const summary = judged.length ? `${right} of ${judged.length} of class ${answer.query.class_name}` : `${answer.rows.length} found`;
  const isTrained = usable.find(({ name }) => name === answer.by)?.direction;
  const seed = !isTrained ? "" : answer.seed === "mean" ? "; mean over seeds" : `; seed ${answer.seed}`;
  return element("section", { class: "column", "aria-label": `Found by ${answer.by}` },
    element("div", { class: "column-head" }, choose,
      count > 1 && element("button", { type: "button", name: "remove", onclick: () => change(number, null), "aria-label": `Remove ${answer.by}` }, "×")),
    element("p", { class: "quiet" }, summary + seed),
    answer.rows.length
      ? element("ol", { class: "cards" }, answer.rows.map(row => card(row, addressOf(withObject(state, row.id)))))
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
