// The page: reads the address, shows its part, and puts every change back into the address.

import * as api from "./api.js";
import { element, labelled, menu } from "./elements.js";
import { listenForFiles, upload } from "./files.js";
import { mapPart } from "./map_part.js";
import { objectPart } from "./object_part.js";
import { searchPart } from "./search_part.js";
import { addressOf, CARDS, filtersOf, questionOf, stateOf } from "./state.js";

const at = id => document.getElementById(id);
let study = null;
let state = stateOf(location.search);
let running = new AbortController();
let classesOpen = false;
let first = null;  // the answer to an upload, which needs no second request

/** Go to another state. `silent`: change the address alone. */
function show(next, { silent = false } = {}) {
  state = next;
  history[silent ? "replaceState" : "pushState"](null, "", addressOf(state));
  if (!silent) render();
}

async function render() {
  running.abort();
  running = new AbortController();
  const { signal } = running, answer = first;
  first = null;
  at("warning").hidden = true;
  say("Loading…", "loading");
  fillBar();
  document.title = [state.object || state.text || state.nerf || state.name, "fieldlink explorer"].filter(Boolean).join(" – ");
  const part = partOf(state);
  document.querySelectorAll("nav [data-part]").forEach(link => {
    if (link.dataset.part === (state.part || "search")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  try {
    const answers = await part(at("part"), { state, study, show, signal, first: answer });
    warn(answers);
    say("");
  } catch (error) {
    if (signal.aborted) return;
    at("part").replaceChildren();
    say(error.message, "error");
  }
}

function partOf({ object, part, ...rest }) {
  if (object) return objectPart;
  if (part === "map") return mapPart;
  return Object.keys(questionOf(rest)).length ? searchPart : welcome;
}

async function welcome(place) {
  const examples = Object.values(study.classes).slice(0, 6);
  place.replaceChildren(element("p", {}, "Ask for an object in words, or show one. For example: ",
    examples.map((text, number) => [number ? ", " : "", element("a", { href: addressOf({ ...state, text }), "data-state": true }, text)])));
  return [];
}

function say(text, kind = "") {
  at("message").textContent = text;
  document.body.dataset.state = kind || "ready";
}

/** The warnings of answers, and what they were made from. */
function warn(answers) {
  const texts = [...new Set(answers.map(answer => answer.warning).filter(Boolean))];
  at("warning").hidden = !texts.length;
  at("warning").textContent = texts.join(" ");
}

function describeOrigin({ clip, collection, objects, study: folder, commit, params }) {
  at("origin").textContent = `CLIP: ${clip}. Collection: ${collection}, ${objects} NeRFs. Study: ${folder}${commit ? `, commit ${commit}` : ""}, parameters ${params}.`;
  at("caution").textContent = study.clip_source === "train"
    ? "This CLIP learned from small synthetic pictures alone: expect little of photos and meshes from elsewhere." : "";
}

// The bar and the filters

function fillBar() {
  at("text").value = state.text || state.nerf;
  at("asked").hidden = !(state.query && !state.text && !state.nerf);
  at("asked").textContent = state.query ? `Asked with ${state.kind || "a file"} ${state.name}` : "";
  at("filters").hidden = Boolean(state.object) || !Object.keys(questionOf(state)).length;
  at("filters").replaceChildren(...filters());
}

function filters() {
  const seeds = [...new Set(study.variants.flatMap(variant => variant.seeds))].sort((a, b) => a - b);
  return [
    labelled("Seed", menu("seed", [["", "mean over seeds"], ...seeds.map(seed => [`${seed}`, `seed ${seed}`])], state.seed)),
    labelled("Split", menu("split", [["", "all splits"], ...study.splits.map(name => [name, name])], state.split)),
    classMenu(),
    labelled("PSNR, least (dB)", element("input", { name: "psnr", type: "number", min: 0, max: 60, step: 1, value: state.psnr })),
    labelled("Cards", menu("k", ["12", "24", "48", "100"].map(count => [count, count]), state.k || `${CARDS}`)),
    labelled("Augmented copies", menu("copies", [["", "without"], ["1", "with"]], state.copies)),
  ];
}

function classMenu() {
  const summary = state.class.length ? state.class.join(", ") : "all";
  return element("details", { class: "menu", open: classesOpen, ontoggle: event => { classesOpen = event.target.open; } },
    element("summary", {}, `Classes: ${summary}`),
    element("fieldset", {}, element("legend", { class: "hidden" }, "Classes"), Object.keys(study.classes).map(name => element("label", {},
      element("input", { type: "checkbox", name: "class", value: name, checked: state.class.includes(name) }), ` ${name}`))));
}

function filtered() {
  const values = new FormData(at("filters"));
  const texts = Object.fromEntries(["seed", "split", "psnr", "k", "copies"].map(name => [name, values.get(name) ?? ""]));
  show({ ...state, ...texts, class: values.getAll("class") });
}

function ask(event) {
  event.preventDefault();
  const text = at("text").value.trim();
  if (!text) return at("text").focus();
  const question = { text: "", nerf: "", query: "", name: "", kind: "" };
  const isId = /^[\w.-]+$/.test(text) && /[\d_.]/.test(text);
  return show({ ...state, ...question, [isId ? "nerf" : "text"]: text, object: "", prompt: [], by: state.by });
}

async function askWith(file) {
  running.abort();
  running = new AbortController();
  try {
    const { body, suffix, name, kind } = await upload(file, study);
    say(kind === "mesh" ? `Fitting a NeRF to ${name}…` : `Reading ${name}…`);
    const usable = study.variants.filter(variant => variant.for_kinds.includes(kind)).map(variant => variant.name);
    const by = state.by.find(each => usable.includes(each)) ?? "";
    first = await api.searchWith(body, { ...filtersOf(state), suffix, name, by }, running.signal);
    show({ ...state, text: "", nerf: "", query: first.query.handle, name, kind: first.query.kind, object: "", prompt: [] });
  } catch (error) {
    if (error.name !== "AbortError") say(error.message, "error");
  }
}

function follow(event) {
  const link = event.target.closest("a[data-object], a[data-state], a[data-part], a[data-home]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.dataset.part) show({ ...state, part: link.dataset.part === "search" ? "" : link.dataset.part, object: "" });
  else show(stateOf(new URL(link.href).search));
  at("main").focus({ preventScroll: true });
  scrollTo(0, 0);
}

async function start() {
  try {
    study = await api.study();
  } catch (error) {
    say(error.message, "error");
    return;
  }
  describeOrigin(study.origin);
  at("bar").addEventListener("submit", ask);
  at("choose").addEventListener("click", () => at("file").click());
  at("filters").addEventListener("change", filtered);
  at("filters").addEventListener("submit", event => event.preventDefault());
  document.addEventListener("click", follow);
  addEventListener("popstate", () => { state = stateOf(location.search); render(); });
  listenForFiles(at("file"), askWith);
  render();
}

start();
