// A NeRF drawn by the browser's graphics: WebGL 2, one fragment shader.

import { focalLength, lookAtOrigin } from "./cameras.js";
import { occupiedBounds, unpack } from "./field_file.js";

const TEXTURE_WIDTH = 64;
const MIN_STRETCHES = 48;  // stretches of a ray that are looked up in the grid
const TRIANGLE = `#version 300 es
void main() { gl_Position = vec4(gl_VertexID == 1 ? 3 : -1, gl_VertexID == 2 ? 3 : -1, 0, 1); }`;

/** Draws one NeRF into a canvas. Throws where the browser can't. */
export class FieldView {
  constructor(canvas, field, shader) {
    if (field.encoding !== "frequency" || field.units % 4)
      throw new Error(`no shader for encoding ${field.encoding} and ${field.units} units`);
    this.canvas = canvas;
    this.up = field.up;
    this.gl = canvas.getContext("webgl2", { antialias: false, preserveDrawingBuffer: true });
    if (!this.gl) throw new Error("the browser has no WebGL 2");
    this.program = link(this.gl, TRIANGLE, `#version 300 es\n${constants(field)}\n${shader}`);
    this.gl.useProgram(this.program);
    this.gl.activeTexture(this.gl.TEXTURE0);
    weightTexture(this.gl, field);
    this.gl.activeTexture(this.gl.TEXTURE1);
    const grid = unpack(field.occupancy, field.cells);
    occupancyTexture(this.gl, grid, field.cells);
    const { low, high } = occupiedBounds(grid, field.cells, field.half);
    this.gl.uniform1i(this.uniform("weights"), 0);
    this.gl.uniform1i(this.uniform("occupancy"), 1);
    this.gl.uniform3fv(this.uniform("low"), low);
    this.gl.uniform3fv(this.uniform("high"), high);
  }

  uniform(name) {
    return this.gl.getUniformLocation(this.program, name);
  }

  /** Draw from a camera: degrees, world units, radians; `size` in pixels. */
  draw({ azimuth, elevation, distance, angle }, size) {
    const gl = this.gl, { rotation, origin } = lookAtOrigin(azimuth, elevation, distance, this.up);
    if (this.canvas.width !== size) this.canvas.width = this.canvas.height = size;
    gl.viewport(0, 0, size, size);
    gl.uniformMatrix3fv(this.uniform("rotation"), false, rotation);
    gl.uniform3fv(this.uniform("origin"), origin);
    gl.uniform2f(this.uniform("size"), size, size);
    gl.uniform1f(this.uniform("focal"), focalLength(angle, size));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Resolves when everything drawn so far is on the screen. */
  async finished() {
    const gl = this.gl, fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    while (!gl.isContextLost() && gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED)
      await new Promise(resolve => setTimeout(resolve, 4));
    gl.deleteSync(fence);
  }

  /** Colour on black times opacity, and opacity: rows from the bottom, four bytes a pixel. */
  pixels() {
    const gl = this.gl, bytes = new Uint8Array(4 * this.canvas.width * this.canvas.height);
    gl.readPixels(0, 0, this.canvas.width, this.canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    return bytes;
  }

  /** Give the graphics memory back: browsers keep few contexts. */
  dispose() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function constants(field) {
  const real = number => Number.isInteger(number) ? `${number}.0` : `${number}`;
  return Object.entries({
    OCTAVES: field.octaves,
    UNITS: field.units / 4,
    HIDDEN_LAYERS: field.hidden_layers,
    CELLS: field.cells,
    STRETCHES: Math.max(MIN_STRETCHES, field.cells),
    HALF: real(field.half),
    STEP: real(field.step),
    MIN_TRANSMITTANCE: "1e-4",
    TEXTURE_WIDTH,
  }).map(([name, value]) => `#define ${name} ${value}`).join("\n");
}

function link(gl, ...sources) {
  const program = gl.createProgram();
  [gl.VERTEX_SHADER, gl.FRAGMENT_SHADER].forEach((kind, number) => {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, sources[number]);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(program, shader);
  });
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}

function weightTexture(gl, field) {
  const texels = padded(field), rows = Math.ceil(texels.length / (4 * TEXTURE_WIDTH));
  const data = new Float32Array(4 * TEXTURE_WIDTH * rows);
  data.set(texels);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  nearest(gl, gl.TEXTURE_2D);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, TEXTURE_WIDTH, rows, 0, gl.RGBA, gl.FLOAT, data);
}

/** The weights; units of the first layer padded to whole texels where the encoding has an odd number of pairs. */
function padded({ weights, octaves, units }) {
  const inputs = 6 * octaves, width = 4 * Math.ceil(inputs / 4), extra = (width - inputs) * units;
  if (!extra) return weights;
  const result = new Float32Array(weights.length + extra);
  for (let unit = 0; unit < units; unit++)
    result.set(weights.subarray(unit * inputs, (unit + 1) * inputs), unit * width);
  result.set(weights.subarray(units * inputs), units * width);
  return result;
}

function occupancyTexture(gl, grid, cells) {
  gl.bindTexture(gl.TEXTURE_3D, gl.createTexture());
  nearest(gl, gl.TEXTURE_3D);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.texImage3D(gl.TEXTURE_3D, 0, gl.R8UI, cells, cells, cells, 0, gl.RED_INTEGER, gl.UNSIGNED_BYTE, grid);
}

function nearest(gl, target) {
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
}
