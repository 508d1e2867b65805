// What is shown, as the address says it: a link shows the same again.

const LISTS = ["by", "class", "prompt", "hidden"];  // hidden: classes that the map doesn't draw
const TEXTS = [
  "part", "text", "nerf", "query", "name", "kind", "seed", "split", "psnr", "k", "copies", "object", "space",
  "classify",  // 1: the study's classes are asked for, in place of prompts
  "az", "el",  // degrees, of the object's live view
  "window",  // of the map: its centre and width, in units of the map
];
const QUESTION = { text: "", nerf: "", query: "", name: "", kind: "", object: "", az: "", el: "", prompt: [], classify: "", window: "" };
export const QUESTIONS = ["text", "nerf", "query"];
export const FILTERS = ["class", "split", "psnr", "copies"];
export const MOST_COLUMNS = 3;
export const CARDS = 24;

/** The state of an address's query string. */
export function stateOf(search) {
  const values = new URLSearchParams(search);
  const state = Object.fromEntries(TEXTS.map(name => [name, values.get(name) ?? ""]));
  for (const name of LISTS) state[name] = values.getAll(name);
  state.by = state.by.slice(0, MOST_COLUMNS);
  return state;
}

/** The address of a state. */
export function addressOf(state) {
  const pairs = [...TEXTS, ...LISTS].flatMap(name => [state[name] ?? ""].flat().map(value => [name, value]));
  const present = pairs.filter(([, value]) => value !== "");
  return present.length ? `/?${new URLSearchParams(present)}` : "/";
}

/** A state with another question, in which nothing is left of the old one. */
export function withQuestion(state, question) {
  return { ...state, ...QUESTION, ...question };
}

/** A state with the page of another object, or of none. */
export function withObject(state, object) {
  return { ...state, object, az: "", el: "" };
}

/** The part of a state that is the question: one of text, nerf and query. */
export function questionOf(state) {
  return Object.fromEntries(QUESTIONS.filter(name => state[name]).slice(0, 1).map(name => [name, state[name]]));
}

/** What is asked with: text, image, mesh or nerf. */
export function kindOf(state) {
  return state.text ? "text" : state.nerf ? "nerf" : state.kind || "image";
}

/** The ways to search in which a kind of question has a place. */
export function waysFor(kind, study) {
  return study.variants.filter(variant => variant.for_kinds.includes(kind));
}

/** Names of the ways to search that a state chooses, of those that its kind of question has; else the first of these.
 * Where there is none, the empty name makes the server say why. */
export function chosenWays(state, study) {
  const usable = waysFor(kindOf(state), study).map(variant => variant.name);
  const chosen = state.by.filter(name => usable.includes(name));
  return chosen.length ? chosen : [usable[0] ?? ""];
}

export function filtersOf(state) {
  return Object.fromEntries(FILTERS.map(name => [name, state[name]]));
}

/** What a search by one way is asked with beside its question. A way without that training seed gets the mean. */
export function searchOf(state, study, by) {
  const variant = study.variants.find(({ name }) => name === by);
  return { ...filtersOf(state), k: state.k || CARDS, by, seed: variant?.seeds.includes(Number(state.seed)) ? state.seed : "" };
}
