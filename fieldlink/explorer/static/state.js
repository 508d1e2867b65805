// What is shown, as the address says it: a link shows the same again.

const LISTS = ["by", "class", "prompt"];
const TEXTS = ["part", "text", "nerf", "query", "name", "kind", "seed", "split", "psnr", "k", "copies", "object", "space"];
export const QUESTIONS = ["text", "nerf", "query"];
export const FILTERS = ["seed", "k", "class", "split", "psnr", "copies"];
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
  const given = pairs.filter(([, value]) => value !== "");
  return given.length ? `/?${new URLSearchParams(given)}` : "/";
}

/** The part of a state that is the question: one of text, nerf and query. */
export function questionOf(state) {
  return Object.fromEntries(QUESTIONS.filter(name => state[name]).slice(0, 1).map(name => [name, state[name]]));
}

export function filtersOf(state) {
  return { ...Object.fromEntries(FILTERS.map(name => [name, state[name]])), k: state.k || CARDS };
}
