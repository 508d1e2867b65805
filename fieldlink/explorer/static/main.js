// The page: reads the address, shows its part, and puts every change back into the address.

import * as api from "./api.js";
import { element, labelled, menu } from "./elements.js";
import { listenForFiles, upload } from "./files.js";
import { replaceChildren } from "./focus.js";
import { mapPart } from "./map_part.js";
import { objectPart } from "./object_part.js";
import { searchPart } from "./search_part.js";
import { addressOf, CARDS, chosenWays, questionOf, searchOf, stateOf, withObject, withQuestion } from "./state.js";

const at = id => document.getElementById(id);
let study = null;
let state = stateOf(location.search);
let running = new AbortController();
let classesOpen = false;
let first = null;  // the answer to an upload, which needs no second request

/** Go to another state. */
function show(next) {
  state = next;
  history.pushState(null, "", addressOf(state));
  render();
}

/** Put a change of what is shown into its state and the address, unless another state is shown by now. */
function remember(shown, change) {
  if (shown !== state) return;
  Object.assign(state, change);
  history.replaceState(null, "", addressOf(state));
}

async function render() {
  running.abort();
  running = new AbortController();
  const { signal } = running, answer = first, shown = state;
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
    const answers = await part(at("part"), { state, study, show, remember: change => remember(shown, change), signal, first: answer });
    warn(answers);
    say("");
  } catch (error) {
    if (signal.aborted) return;
    replaceChildren(at("part"));
    say(error.message, "error");
  }
}

function partOf({ object, part, ...rest }) {
  if (object) return objectPart;
  if (part === "map") return mapPart;
  return Object.keys(questionOf(rest)).length ? searchPart : welcome;
}

async function welcome(container) {
  const examples = Object.values(study.classes).slice(0, 6);
  replaceChildren(container, element("p", {}, "Ask for an object in words, or show one. For example: ",
    examples.map((text, number) => [number ? ", " : "", element("a", { href: addressOf({ ...state, text }), "data-state": true }, text)])));
  return [];
}

function say(text, kind = "") {
  at("message").textContent = text;
  document.body.dataset.state = kind || "ready";
}

/** The warnings of answers, and what the mesh that was asked with is drawn without. */
function warn(answers) {
  const notes = answers.map(({ query }) => query?.note && `${query.name}: ${query.note}.`);
  const texts = [...new Set([...answers.map(answer => answer.warning), ...notes].filter(Boolean))];
  at("warning").hidden = !texts.length;
  at("warning").textContent = texts.join(" ");
}

function describeOrigin({ clip, collection, objects, study: folder, commit, params }) {
  at("origin").textContent = `CLIP: ${clip}. Collection: ${collection}, ${objects} NeRFs. Study: ${folder}${commit ? `, commit ${commit}` : ""}, parameters ${params}.`;
  at("expect").textContent = study.clip_source === "train" ? expectations(study.real_objects) : "";
}

/** What to expect of a CLIP that a study trained, and how far the default study's models got on real objects. */
function expectations({ meshes, photos }) {
  const percent = number => `${Math.round(number)}\u00a0%`;
  return [
    "This CLIP learned from small synthetic pictures alone: expect little of photos and meshes from elsewhere.",
    meshes && `Of ${meshes.objects} real meshes the default study named ${percent(meshes.class_from_weights)} right from weights, and ${percent(meshes.class_by_clip_on_four_rendered_views)} by CLIP on four views.`,
    photos && `Of ${photos.pictures} real photos its CLIP named ${percent(photos.class_by_clip)} right, and ${percent(photos.first_nerf_of_its_class)} found a NeRF of their class first.`,
  ].filter(Boolean).join(" ");
}

// The bar and the filters

function fillBar() {
  at("text").value = state.text || state.nerf;
  at("question").hidden = !(state.query && !state.text && !state.nerf);
  at("question").textContent = state.query ? `Asked with ${state.kind || "a file"} ${state.name}` : "";
  at("filters").hidden = Boolean(state.object) || !(onMap() || asks());
  replaceChildren(at("filters"), ...filters());
}

function filters() {
  const { split: splits, class: classes } = study.filters;  // that the collection has
  const seeds = [...new Set(study.variants.flatMap(variant => variant.seeds))].sort((a, b) => a - b);
  return [
    asks() && labelled("Seed", menu("seed", [["", "mean over seeds"], ...seeds.map(seed => [`${seed}`, `seed ${seed}`])], state.seed)),
    splits.length > 0 && labelled("Split", menu("split", [["", "all splits"], ...splits.map(name => [name, name])], state.split)),
    classes.length > 0 && classMenu(classes),
    labelled("PSNR, least (dB)", element("input", { name: "psnr", type: "number", min: 0, max: 60, step: 1, value: state.psnr })),
    !onMap() && labelled("Cards", menu("k", ["12", "24", "48", "100"].map(count => [count, count]), state.k || `${CARDS}`)),
    labelled("Augmented copies", menu("copies", [["", "without"], ["1", "with"]], state.copies)),
  ].filter(Boolean);
}

function asks() {
  return Object.keys(questionOf(state)).length > 0;
}

function onMap() {
  return state.part === "map";
}

function classMenu(classes) {
  const summary = state.class.length ? state.class.join(", ") : "all";
  return element("details", { class: "menu", open: classesOpen, ontoggle: event => { classesOpen = event.target.open; } },
    element("summary", {}, `Classes: ${summary}`),
    element("fieldset", {}, element("legend", { class: "hidden" }, "Classes"), classes.map(name => element("label", {},
      element("input", { type: "checkbox", name: "class", value: name, checked: state.class.includes(name) }), ` ${name}`))));
}

function filtered() {
  const values = new FormData(at("filters"));
  const texts = Object.fromEntries(["seed", "split", "psnr", "k", "copies"].map(name => [name, values.get(name) ?? state[name]]));
  show({ ...state, ...texts, class: values.getAll("class") });
}

/** Search for the text of the bar. The server tells whether it is the id of a NeRF. */
async function ask(event) {
  event.preventDefault();
  const text = at("text").value.trim();
  if (!text) return at("text").focus();
  const next = withQuestion(state, { text });
  running.abort();
  running = new AbortController();
  say("Loading…", "loading");
  try {
    first = await api.search({ text, ...searchOf(next, study, chosenWays(next, study)[0]) }, running.signal);
    show(first.query.kind === "nerf" ? withQuestion(state, { nerf: first.query.name }) : next);
  } catch (error) {
    if (error.name !== "AbortError") say(error.message, "error");
  }
}

async function askWith(file) {
  running.abort();
  running = new AbortController();
  try {
    const { body, suffix, name, kind } = await upload(file, study);
    say(kind === "mesh" ? `Fitting a NeRF to ${name}…` : `Reading ${name}…`);
    const [by] = chosenWays(withQuestion(state, { kind }), study);
    first = await api.searchWith(body, { ...searchOf(state, study, by), suffix, name }, running.signal);
    show(withQuestion(state, { query: first.query.handle, name, kind: first.query.kind }));
  } catch (error) {
    if (error.name !== "AbortError") say(error.message, "error");
  }
}

function follow(event) {
  const link = event.target.closest("a[data-object], a[data-state], a[data-part], a[data-home]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.dataset.part) show({ ...withObject(state, ""), part: link.dataset.part === "search" ? "" : link.dataset.part });
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
  at("filters").addEventListener("change", () => setTimeout(filtered));  // once a Tab that made the change has moved the focus
  at("filters").addEventListener("submit", event => event.preventDefault());
  document.addEventListener("click", follow);
  addEventListener("popstate", () => { state = stateOf(location.search); render(); });
  listenForFiles(at("file"), askWith);
  render();
}

start();
