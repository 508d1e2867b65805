// Files that a user drops, pastes or chooses.

const LONGEST = 1024;  // pixels of a picture's longer side, above which it is reduced before it is sent

/** What the server must know of a file: its body, suffix and name. Throws for one that is too large. */
export async function upload(file, study) {
  const suffix = file.name.split(".").pop().toLowerCase();
  const isModel = [...study.files.mesh, ...study.files.nerf].includes(suffix);
  const body = isModel ? file : await reduced(file);
  if (body.size > study.most_bytes)
    throw new Error(`${file.name}: ${(body.size / 2 ** 20).toFixed(1)} MB, at most ${study.most_bytes / 2 ** 20} MB expected`);
  return { body, suffix: isModel ? suffix : "", name: file.name, kind: isModel ? kindOf(suffix, study) : "image" };
}

function kindOf(suffix, study) {
  return study.files.mesh.includes(suffix) ? "mesh" : "nerf";
}

/** A large picture made smaller; any other file, and one that the browser can't read, as it is. */
async function reduced(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return file;
  const scale = LONGEST / Math.max(picture.width, picture.height);
  if (scale >= 1) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise(resolve => canvas.toBlob(blob => resolve(blob ?? file), "image/png"));
}

/** Call `take` with the first file that is dropped on the page, pasted, or chosen with `input`. */
export function listenForFiles(input, take) {
  const first = files => files?.length && take(files[0]);
  input.addEventListener("change", () => { first(input.files); input.value = ""; });
  document.addEventListener("paste", event => isTextForField(event) || first(event.clipboardData?.files));
  document.addEventListener("dragover", event => { event.preventDefault(); document.body.classList.add("dropping"); });
  document.addEventListener("dragleave", event => event.relatedTarget ?? document.body.classList.remove("dropping"));
  document.addEventListener("drop", event => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    first(event.dataTransfer?.files);
  });
}

/** Whether a paste is of words into a field: what was copied from a document may hold a picture of them too. */
function isTextForField({ target, clipboardData }) {
  return Boolean(target.closest?.("input, textarea")) && Boolean(clipboardData?.types.includes("text/plain"));
}
