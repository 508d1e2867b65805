// The canvas of the map: points, panning, zooming, choosing.

import { element } from "./elements.js";
import { inside, Window } from "./geometry.js";

const RADIUS = 4, NEAR = 12;  // pixels: of a point; within which a click is meant for it
const SHAPES = [
  (path, x, y, r) => path.arc(x, y, r, 0, 2 * Math.PI),
  (path, x, y, r) => path.rect(x - r, y - r, 2 * r, 2 * r),
  (path, x, y, r) => polygon(path, x, y, 1.3 * r, 3),
  (path, x, y, r) => polygon(path, x, y, 1.2 * r, 4),
];

/** Draws `map` and follows pointer and keyboard. `open` gets an id, `choose` the numbers of the points in a lasso. */
export class MapCanvas {
  constructor(map, { open, choose }) {
    Object.assign(this, { map, open, choose, hidden: new Set(), chosen: [], lasso: null });
    this.classes = [...new Set(map.classes.map(name => name ?? "no class"))].sort();
    this.canvas = element("canvas", { tabindex: 0, role: "application", "aria-roledescription": "map",
      "aria-label": `Map of ${map.ids.length} objects. Arrow keys move, plus and minus zoom, 0 shows all.` });
    this.tip = element("span", { class: "tip", hidden: true });
    this.element = element("div", { class: "map" }, this.canvas, this.tip);
    this.lassoButton = element("button", { type: "button", "aria-pressed": "false", onclick: () => this.toggleLasso() }, "Lasso");
    this.legend = element("ul", { class: "legend", "aria-label": "Classes" }, this.classes.map(name => this.legendEntry(name)));
  }

  /** Begin once the canvas is in the page. */
  start(signal) {
    this.resize();
    for (const kind of ["pointerdown", "pointermove", "pointerup", "wheel", "keydown"])
      this.canvas.addEventListener(kind, event => this[kind](event), { passive: false });
    const options = { signal };
    addEventListener("resize", () => this.resize(), options);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw(), options);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas, ratio = devicePixelRatio;
    if (!width) return;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    this.context = this.canvas.getContext("2d");
    this.context.scale(ratio, ratio);
    this.window = new Window(this.map.x, this.map.y, width, height);
    this.draw();
  }

  zoom(factor, column, row) {
    this.window.zoom(factor, column, row);
    this.draw();
  }

  reset() {
    this.resize();
  }

  toggleLasso() {
    this.lassoing = !this.lassoing;
    this.lassoButton.setAttribute("aria-pressed", `${this.lassoing}`);
  }

  // Drawing

  draw() {
    const { context, window, map } = this, style = getComputedStyle(this.canvas);
    context.clearRect(0, 0, window.width, window.height);
    const places = map.ids.map((_, row) => window.toPixels(map.x[row], map.y[row]));
    this.classes.forEach((name, number) => {
      const path = new Path2D();
      places.forEach(([x, y], row) => {
        if ((map.classes[row] ?? "no class") !== name || this.hidden.has(name)) return;
        path.moveTo(x + RADIUS, y);
        SHAPES[number % SHAPES.length](path, x, y, RADIUS);
      });
      context.fillStyle = this.colour(number);
      context.fill(path);
    });
    context.strokeStyle = style.color;
    context.lineWidth = 1.5;
    for (const row of this.chosen) this.outline(SHAPES[0], places[row], RADIUS + 2);
    if (map.query) this.drawQuery(window.toPixels(map.query.x, map.query.y), style.color);
    if (this.lasso) this.drawLasso();
  }

  outline(shape, [x, y], radius) {
    const path = new Path2D();
    path.moveTo(x + radius, y);
    shape(path, x, y, radius);
    this.context.stroke(path);
  }

  drawQuery([x, y], colour) {
    const path = new Path2D();
    for (let tip = 0; tip < 10; tip++) {
      const angle = tip * Math.PI / 5 - Math.PI / 2, radius = tip % 2 ? 5 : 12;
      path.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    path.closePath();
    this.context.fillStyle = "#edae49";
    this.context.fill(path);
    this.context.strokeStyle = colour;
    this.context.stroke(path);
  }

  drawLasso() {
    this.context.setLineDash([5, 4]);
    this.context.beginPath();
    for (const [x, y] of this.lasso) this.context.lineTo(x, y);
    this.context.stroke();
    this.context.setLineDash([]);
  }

  colour(number) {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return `hsl(${Math.round(number * 360 / this.classes.length)} 65% ${dark ? 66 : 42}%)`;
  }

  legendEntry(name) {
    const number = this.classes.indexOf(name), count = this.map.classes.filter(each => (each ?? "no class") === name).length;
    const mark = element("canvas", { width: 12, height: 12, "aria-hidden": "true" }), context = mark.getContext("2d"), path = new Path2D();
    SHAPES[number % SHAPES.length](path, 6, 6, RADIUS);
    context.fillStyle = this.colour(number);
    context.fill(path);
    const box = element("input", { type: "checkbox", checked: true, onchange: () => {
      if (box.checked) this.hidden.delete(name); else this.hidden.add(name);
      this.draw();
    } });
    return element("li", {}, element("label", {}, box, mark, ` ${name} (${count})`));
  }

  // Pointer and keyboard

  pointerdown(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.first = [event.offsetX, event.offsetY];
    this.moved = false;
    if (this.lassoing) this.lasso = [this.last];
  }

  pointermove(event) {
    const place = [event.offsetX, event.offsetY];
    if (!this.last) return this.point(this.nearest(place), place);
    this.moved ||= Math.hypot(place[0] - this.first[0], place[1] - this.first[1]) > 3;
    if (this.lasso) this.lasso.push(place);
    else this.window.pan(place[0] - this.last[0], place[1] - this.last[1]);
    this.last = place;
    return this.draw();
  }

  pointerup(event) {
    const row = this.moved ? -1 : this.nearest([event.offsetX, event.offsetY]);
    if (this.lasso && this.moved) this.chooseIn(this.lasso);
    else if (row >= 0) this.open(this.map.ids[row]);
    this.last = this.lasso = null;
    this.draw();
  }

  wheel(event) {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
  }

  keydown(event) {
    const step = 40, pans = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (pans[event.key]) this.window.pan(...pans[event.key]);
    else if (event.key === "+" || event.key === "=") this.window.zoom(1.3);
    else if (event.key === "-") this.window.zoom(1 / 1.3);
    else if (event.key === "0") this.reset();
    else return;
    event.preventDefault();
    this.draw();
  }

  chooseIn(lasso) {
    this.chosen = this.visible().filter(row => inside(this.window.toPixels(this.map.x[row], this.map.y[row]), lasso));
    this.choose(this.chosen);
  }

  visible() {
    return [...this.map.ids.keys()].filter(row => !this.hidden.has(this.map.classes[row] ?? "no class"));
  }

  /** The point near a pixel, −1 if there is none. */
  nearest([column, row]) {
    let best = -1, least = NEAR;
    for (const each of this.visible()) {
      const [x, y] = this.window.toPixels(this.map.x[each], this.map.y[each]), distance = Math.hypot(x - column, y - row);
      if (distance < least) [best, least] = [each, distance];
    }
    return best;
  }

  point(row, [column, line]) {
    this.tip.hidden = row < 0;
    this.canvas.classList.toggle("pointing", row >= 0);
    if (row < 0) return;
    this.tip.textContent = `${this.map.ids[row]}, ${this.map.classes[row] ?? "no class"}`;
    this.tip.style.left = `${Math.min(column + 12, this.window.width - 180)}px`;
    this.tip.style.top = `${line + 12}px`;
  }
}

function polygon(path, x, y, radius, corners) {
  for (let corner = 0; corner < corners; corner++) {
    const angle = corner * 2 * Math.PI / corners - Math.PI / 2;
    path[corner ? "lineTo" : "moveTo"](x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  path.closePath();
}
