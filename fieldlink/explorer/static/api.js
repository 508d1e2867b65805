// The HTTP interface, docs/explorer.md: the page knows the study by nothing else.

/** The JSON at an address, or an error with the server's words. `body`: sent by POST. */
async function json(path, parameters, { body, post = false, signal } = {}) {
  const answer = await fetch(address(path, parameters), { method: post ? "POST" : "GET", body, signal });
  const result = await answer.json().catch(() => ({ error: `the server answered ${answer.status}` }));
  if (!answer.ok) throw new Error(result.error ?? `the server answered ${answer.status}`);
  return result;
}

function address(path, parameters) {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [value].flat().map(item => [name, item]));
  const present = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return present.length ? `${path}?${new URLSearchParams(present)}` : path;
}

function objectPath(id, part = "") {
  return `/api/objects/${encodeURIComponent(id)}${part}`;
}

export const study = () => json("/api/study", {});
export const search = (parameters, signal) => json("/api/search", parameters, { signal });
export const searchWith = (file, parameters, signal) => json("/api/search", parameters, { body: file, post: true, signal });
export const objectPage = (id, parameters, signal) => json(objectPath(id), parameters, { signal });
export const map = (parameters, signal) => json("/api/map", parameters, { signal });
export const zeroShot = parameters => json("/api/zero-shot", parameters, { post: true });
export const frameAddress = (id, parameters) => address(objectPath(id, "/view"), parameters);
export const pictureAddress = (id, number) => address(objectPath(id, "/picture"), { number });

/** A NeRF's file. */
export async function field(id, signal) {
  const answer = await fetch(objectPath(id, "/field"), { signal });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.arrayBuffer();
}
