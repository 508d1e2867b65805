// Zero-shot classification with prompts of one's own: from the weights, and by CLIP on four rendered views.

import * as api from "./api.js";
import { decimal, element } from "./elements.js";

/** A form whose answer appears below it. `question`: { nerf } or { query }. */
export function zeroShotForm(question, { state, study, remember }) {
  const nouns = Object.values(study.classes).map(noun => `A photo of ${noun}`);
  const prompts = element("textarea", { id: "prompts", name: "prompts", rows: 4, maxlength: 4000, placeholder: nouns.slice(0, 3).join("\n") });
  prompts.value = state.prompt.join("\n");
  const result = element("div", { role: "status", "aria-live": "polite" });
  const classify = async () => {
    const lines = prompts.value.split("\n").map(line => line.trim()).filter(Boolean);
    remember({ prompt: lines, classify: lines.length ? "" : "1" });
    result.replaceChildren("Asking…");
    try {
      result.replaceChildren(...opinions(await api.zeroShot({ ...question, prompt: lines })));
    } catch (error) {
      result.replaceChildren(element("p", { class: "error" }, error.message));
    }
  };
  const form = element("form", { class: "zero-shot", onsubmit: event => { event.preventDefault(); classify(); } },
    element("h2", {}, "What is it? Zero-shot"),
    element("label", { for: "prompts" }, "Prompts, one a line; without any, the study's classes"),
    prompts, element("p", {}, element("button", { type: "submit", name: "classify" }, "Classify")), result);
  if (state.prompt.length || state.classify) classify();
  return form;
}

function opinions(answer) {
  const title = answer.query.kind === "image" ? "CLIP on the picture" : `From the weights, ${answer.by}`;
  const tables = [[title, answer.labels], ["Second opinion: CLIP on four rendered views", answer.second_opinion]];
  return [
    element("div", { class: "opinions" }, tables.filter(([, labels]) => labels.length).map(([title, labels]) => table(title, labels))),
    answer.warning && element("p", { class: "caution" }, answer.warning),
    element("p", { class: "quiet" }, `CLIP: ${answer.origin.clip}. Study: ${answer.origin.study}. Collection: ${answer.origin.collection}.`),
  ].filter(Boolean);
}

function table(title, labels) {
  const scores = labels.map(label => label.score), low = Math.min(...scores, 0), high = Math.max(...scores, 0.01);
  return element("table", {}, element("caption", {}, title),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "label"), element("th", { scope: "col" }, "cosine"))),
    element("tbody", {}, labels.map(({ label, score }) => element("tr", {},
      element("th", { scope: "row" }, label),
      element("td", {}, element("meter", { min: low, max: high, value: score, "aria-label": `cosine ${decimal(score, 3)}` }), ` ${decimal(score, 3)}`)))));
}
