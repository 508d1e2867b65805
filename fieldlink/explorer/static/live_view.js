// An object's NeRF from any side: drawn by the browser's graphics, or frame by frame by the server.

import * as api from "./api.js";
import { element } from "./elements.js";
import { readField } from "./field_file.js";
import { FieldView } from "./field_view.js";

const SIDE = 384;  // pixels of a frame at rest
const TRIAL = 32;  // pixels of the frame that is timed
const PATIENCE = 4000;  // milliseconds that the first frames may take
const MOVING = 60, RESTING = 600;  // milliseconds that a frame may take
const START = { azimuth: 45, elevation: 25 };  // degrees
const PAUSE = 300;  // milliseconds after the last turn until it goes into the address

/** A canvas and its controls. Without WebGL, or where a processor draws it, frames come from the server. */
export class LiveView {
  /** `az`, `el`: the camera at the start, in degrees, as texts; `remember` gets where it has turned to. */
  constructor(id, { az, el }, remember) {
    this.id = id;
    this.remember = remember;
    this.camera = { azimuth: within(az, 0, 360) ?? START.azimuth, elevation: within(el, -89, 89) ?? START.elevation };
    this.canvas = element("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": `NeRF of ${id}, seen live` });
    this.frame = element("img", { width: SIDE, height: SIDE, alt: `NeRF of ${id}, seen from the chosen side`, hidden: true });
    this.said = element("p", { class: "quiet" }, "Loading the NeRF…");
    this.azimuth = this.slider("Azimuth", "azimuth", 0, 360);
    this.elevation = this.slider("Elevation", "elevation", -89, 89);
    const stage = element("div", { class: "stage" }, this.canvas, this.frame);
    this.element = element("div", { class: "live" }, stage, this.azimuth.label, this.elevation.label, this.said);
    this.followPointer(stage);
  }

  slider(title, name, min, max) {
    const input = element("input", { type: "range", name, min, max, step: 1, value: this.camera[name] });
    input.addEventListener("input", () => this.turnTo({ [name]: Number(input.value) }));
    return { input, label: element("label", {}, element("span", {}, title), input) };
  }

  followPointer(stage) {
    let last = null;
    stage.addEventListener("pointerdown", event => { last = event; stage.setPointerCapture(event.pointerId); });
    for (const kind of ["pointerup", "pointercancel"]) stage.addEventListener(kind, () => { last = null; });
    stage.addEventListener("pointermove", event => {
      if (!last) return;
      const azimuth = (this.camera.azimuth + (event.clientX - last.clientX) / 2 + 360) % 360;
      const elevation = Math.max(-89, Math.min(89, this.camera.elevation + (event.clientY - last.clientY) / 2));
      last = event;
      this.turnTo({ azimuth, elevation });
    });
  }

  /** Draw for the first time; an aborted signal ends it and gives the graphics memory back. */
  async start(signal) {
    signal?.addEventListener("abort", () => this.stop());
    try {
      const [data, shader] = await Promise.all([api.field(this.id, signal), fetch("/static/field.frag.glsl").then(answer => answer.text())]);
      if (this.stopped) return;
      const late = new Promise((_, reject) => setTimeout(() => reject(new Error("its graphics are too slow")), PATIENCE));
      await Promise.race([this.tryGraphics(readField(data), shader), late]);
    } catch (error) {
      this.useServer(error.message);
    }
    if (!this.stopped) this.turn({});
  }

  async tryGraphics(field, shader) {
    this.view = new FieldView(this.canvas, field, shader);
    this.field = field;
    await this.timed(TRIAL);
    this.perPixel = await this.timed(TRIAL) / TRIAL ** 2;  // the first frame compiles the shader
    if (this.stopped) return;
    if (this.perPixel * 128 ** 2 > RESTING) throw new Error("its graphics are too slow");
    this.said.textContent = "Drawn by this browser from the NeRF's weights. Drag to turn.";
  }

  /** Milliseconds of one frame. */
  async timed(size) {
    const start = performance.now();
    this.view.draw({ ...this.camera, angle: this.field.angle, distance: this.field.distance }, size);
    await this.view.finished();
    return performance.now() - start;
  }

  useServer(reason) {
    if (this.stopped) return;
    this.view?.dispose();
    this.view = null;
    this.canvas.hidden = true;
    this.frame.hidden = false;
    this.said.textContent = `Frames from the server (this browser: ${reason}). Drag to turn.`;
  }

  /** Turn as the user wants it. */
  turnTo(camera) {
    this.turn(camera);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.remember({ az: `${Math.round(this.camera.azimuth)}`, el: `${Math.round(this.camera.elevation)}` }), PAUSE);
  }

  turn(change) {
    Object.assign(this.camera, change);
    this.azimuth.input.value = this.camera.azimuth;
    this.elevation.input.value = this.camera.elevation;
    this.wanted = true;
    if (!this.busy) this.draw();
  }

  /** Draw the newest camera until no newer one is wanted, then once more in full. */
  async draw() {
    this.busy = true;
    while (this.wanted && !this.stopped) {
      this.wanted = false;
      await (this.view ? this.timed(this.sizeWithin(MOVING)) : this.fetchFrame(SIDE / 2));
      if (!this.wanted) await new Promise(resolve => setTimeout(resolve, 150));
      if (!this.wanted && !this.stopped) await (this.view ? this.timed(this.sizeWithin(RESTING)) : this.fetchFrame(SIDE));
    }
    this.busy = false;
    this.element.dataset.drawn = this.view ? "browser" : "server";
  }

  sizeWithin(milliseconds) {
    return Math.max(32, Math.min(SIDE, Math.floor(Math.sqrt(milliseconds / this.perPixel))));
  }

  fetchFrame(size) {
    const { azimuth, elevation } = this.camera;
    return new Promise(resolve => {
      this.frame.onload = this.frame.onerror = resolve;
      this.frame.src = api.frameAddress(this.id, { az: Math.round(azimuth), el: Math.round(elevation), size });
    });
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.view?.dispose();
  }
}

/** The number of a text, if there is one from `least` to `most`. */
function within(text, least, most) {
  const number = text === "" ? NaN : Number(text);
  return number >= least && number <= most ? number : null;
}
