// Places on the map: data ↔ pixels, and what a lasso encloses.

const MARGIN = 0.08;  // share of the canvas around all points
const MOST_ZOOM = 60;

/** A window on the data: its centre, and pixels per unit. */
export class Window {
  constructor(xs, ys, width, height) {
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    this.centre = [(left + right) / 2, (low + high) / 2];
    this.whole = Math.min(width / (right - left || 1), height / (high - low || 1)) * (1 - 2 * MARGIN);
    Object.assign(this, { x: this.centre[0], y: this.centre[1], scale: this.whole, width, height });
  }

  /** Whether it shows all points, in the middle. */
  get isWhole() {
    return this.scale === this.whole && this.x === this.centre[0] && this.y === this.centre[1];
  }

  toPixels(x, y) {
    return [this.width / 2 + (x - this.x) * this.scale, this.height / 2 - (y - this.y) * this.scale];
  }

  /** Look at a centre, with so many pixels per unit as zooming allows. */
  lookAt(x, y, scale) {
    Object.assign(this, { x, y, scale: this.within(scale) });
  }

  pan(right, down) {
    this.x -= right / this.scale;
    this.y += down / this.scale;
  }

  /** Zoom by a factor about a pixel, which keeps its place. */
  zoom(factor, column = this.width / 2, row = this.height / 2) {
    const scale = this.within(this.scale * factor), shift = 1 / this.scale - 1 / scale;
    this.x += (column - this.width / 2) * shift;
    this.y -= (row - this.height / 2) * shift;
    this.scale = scale;
  }

  within(scale) {
    return Math.max(this.whole / 2, Math.min(this.whole * MOST_ZOOM, scale));
  }

  /** Centre and width in units of the data, as the address has them; '' for the whole map. */
  get text() {
    return this.isWhole ? "" : [this.x, this.y, this.width / this.scale].map(number => Number(number.toPrecision(5))).join();
  }

  /** Look at what a text of an address says; one that says nothing leaves the window as it is. */
  read(text) {
    const [x, y, across] = text.split(",").map(Number);
    if (Number.isFinite(x) && Number.isFinite(y) && across > 0) this.lookAt(x, y, this.width / across);
  }
}

/** Whether a place lies in a polygon: its ray to the right crosses an odd number of edges. */
export function inside([x, y], polygon) {
  let odd = false;
  polygon.forEach(([x1, y1], number) => {
    const [x2, y2] = polygon[(number + 1) % polygon.length];
    if ((y1 > y) !== (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1) odd = !odd;
  });
  return odd;
}
