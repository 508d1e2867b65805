// Places on the map: data ↔ pixels, and what a lasso encloses.

const MARGIN = 0.08;  // share of the canvas around all points
const MOST_ZOOM = 60;

/** A window on the data: its centre, and pixels per unit. */
export class Window {
  constructor(xs, ys, width, height) {
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    Object.assign(this, { x: (left + right) / 2, y: (low + high) / 2, width, height });
    this.whole = Math.min(width / (right - left || 1), height / (high - low || 1)) * (1 - 2 * MARGIN);
    this.scale = this.whole;
  }

  toPixels(x, y) {
    return [this.width / 2 + (x - this.x) * this.scale, this.height / 2 - (y - this.y) * this.scale];
  }

  pan(right, down) {
    this.x -= right / this.scale;
    this.y += down / this.scale;
  }

  /** Zoom by a factor about a pixel, which keeps its place. */
  zoom(factor, column = this.width / 2, row = this.height / 2) {
    const scale = Math.max(this.whole / 2, Math.min(this.whole * MOST_ZOOM, this.scale * factor));
    const kept = 1 / this.scale - 1 / scale;
    this.x += (column - this.width / 2) * kept;
    this.y -= (row - this.height / 2) * kept;
    this.scale = scale;
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
