// The canvas of the map: points, panning, zooming, choosing.

import { element } from "./elements.js";
import { inside, Window } from "./geometry.js";
import { ring, SHAPES, star } from "./map_shapes.js";

const RADIUS = 4, NEAR = 12;  // pixels: of a point; within which a click is meant for it
const PAUSE = 200;  // milliseconds after the last move until it goes into the address
const KEYS = "Arrow keys move, plus and minus zoom, 0 shows all. Enter opens the object nearest to the centre, space chooses it.";
const EVENTS = ["pointerdown", "pointermove", "pointerup", "pointercancel", "wheel", "keydown", "focus", "blur"];

/** Draws `map` and follows pointer and keyboard. `seen`: window and hidden classes at the start.
 *  `open` gets an id, `choose` the rows of the chosen points, `remember` what is seen now. */
export class MapCanvas {
  constructor(map, seen, { open, choose, remember }) {
    Object.assign(this, { map, open, choose, remember, chosen: [], lasso: null, hidden: new Set(seen.hidden), text: seen.window });
    this.classes = [...new Set(map.classes.map(name => name ?? "no class"))].sort();
    this.canvas = element("canvas", { tabindex: 0, role: "application", "aria-roledescription": "map",
      "aria-label": `Map of ${map.ids.length} objects. ${KEYS}` });
    this.tip = element("span", { class: "tip", role: "status", hidden: true });
    this.element = element("div", { class: "map" }, this.canvas, this.tip);
    this.lassoButton = element("button", { type: "button", name: "lasso", "aria-pressed": "false", onclick: () => this.toggleLasso() }, "Lasso");
    this.legend = element("ul", { class: "legend", "aria-label": "Classes" }, this.classes.map(name => this.legendEntry(name)));
  }

  /** Begin once the canvas is in the page. */
  start(signal) {
    this.resize();
    for (const kind of EVENTS) this.canvas.addEventListener(kind, event => this[kind](event), { passive: false });
    const options = { signal };
    addEventListener("resize", () => this.resize(), options);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw(), options);
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** Follow the size of the page. Centre and scale stay, but the whole map stays whole. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas, ratio = devicePixelRatio, before = this.window;
    if (!width) return;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    this.context = this.canvas.getContext("2d");
    this.context.scale(ratio, ratio);
    this.window = new Window(this.map.x, this.map.y, width, height);
    if (!before) this.window.read(this.text);
    else if (!before.isWhole) this.window.lookAt(before.x, before.y, before.scale);
    this.draw();
  }

  zoom(factor, column, row) {
    this.window.zoom(factor, column, row);
    this.moved();
  }

  reset() {
    this.window.lookAt(...this.window.centre, this.window.whole);
    this.moved();
  }

  /** Draw another window, and remember it after a pause. */
  moved() {
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.remember({ window: this.window.text }), PAUSE);
  }

  toggleLasso() {
    this.lassoing = !this.lassoing;
    this.lassoButton.setAttribute("aria-pressed", `${this.lassoing}`);
  }

  // Drawing

  draw() {
    const { context, window, map } = this, style = getComputedStyle(this.canvas);
    context.clearRect(0, 0, window.width, window.height);
    this.classes.forEach((name, number) => {
      const path = new Path2D();
      for (const row of map.ids.keys()) {
        if ((map.classes[row] ?? "no class") !== name || this.hidden.has(name)) continue;
        const [x, y] = this.pixels(row);
        path.moveTo(x + RADIUS, y);
        SHAPES[number % SHAPES.length](path, x, y, RADIUS);
      }
      context.fillStyle = this.colour(number);
      context.fill(path);
    });
    context.strokeStyle = style.color;
    context.lineWidth = 1.5;
    for (const row of this.chosen) context.stroke(ring(this.pixels(row), RADIUS + 2));
    if (isPlaced(map.query)) this.drawQuery(star(window.toPixels(map.query.x, map.query.y)));
    if (this.lasso) this.drawLasso();
  }

  /** Where a point is on the canvas. */
  pixels(row) {
    return this.window.toPixels(this.map.x[row], this.map.y[row]);
  }

  drawQuery(path) {
    this.context.fillStyle = "#edae49";
    this.context.fill(path);
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
    const number = this.classes.indexOf(name), count = this.map.classes.filter(label => (label ?? "no class") === name).length;
    const mark = element("canvas", { width: 12, height: 12, "aria-hidden": "true" }), context = mark.getContext("2d"), path = new Path2D();
    SHAPES[number % SHAPES.length](path, 6, 6, RADIUS);
    context.fillStyle = this.colour(number);
    context.fill(path);
    const box = element("input", { type: "checkbox", name: "shown", value: name, checked: !this.hidden.has(name), onchange: () => {
      if (box.checked) this.hidden.delete(name); else this.hidden.add(name);
      this.draw();
      this.remember({ hidden: [...this.hidden] });
    } });
    return element("li", {}, element("label", {}, box, mark, ` ${name} (${count})`));
  }

  // Pointer and keyboard

  pointerdown(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.first = [event.offsetX, event.offsetY];
    this.dragged = false;
    if (this.lassoing) this.lasso = [this.last];
  }

  pointermove(event) {
    const place = [event.offsetX, event.offsetY], { last } = this;
    if (!last) return this.point(this.nearest(place), place);
    this.dragged ||= Math.hypot(place[0] - this.first[0], place[1] - this.first[1]) > 3;
    this.last = place;
    if (this.lasso) this.lasso.push(place);
    else this.window.pan(place[0] - last[0], place[1] - last[1]);
    return this.lasso ? this.draw() : this.moved();
  }

  pointerup(event) {
    const row = this.dragged ? -1 : this.nearest([event.offsetX, event.offsetY]);
    if (this.lasso && this.dragged) this.chooseRows(this.visible().filter(row => inside(this.pixels(row), this.lasso)));
    else if (row >= 0) this.open(this.map.ids[row]);
    this.pointercancel();
  }

  pointercancel() {
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
    const centre = this.central();
    if (pans[event.key]) { this.window.pan(...pans[event.key]); this.moved(); }
    else if (event.key === "+" || event.key === "=") this.zoom(1.3);
    else if (event.key === "-") this.zoom(1 / 1.3);
    else if (event.key === "0") this.reset();
    else if (event.key === "Enter" && centre >= 0) this.open(this.map.ids[centre]);
    else if (event.key === " " && centre >= 0) this.chooseRows(toggled(this.chosen, centre));
    else return;
    event.preventDefault();
    this.tellCentral();
  }

  focus() {
    if (this.canvas.matches(":focus-visible")) this.tellCentral();
  }

  blur() {
    this.tip.hidden = true;
  }

  chooseRows(rows) {
    this.chosen = rows;
    this.draw();
    this.choose(rows);
  }

  visible() {
    return [...this.map.ids.keys()].filter(row => !this.hidden.has(this.map.classes[row] ?? "no class"));
  }

  /** The point nearest to a pixel, −1 if there is none within `least` pixels. */
  nearest([column, line], least = NEAR) {
    let best = -1;
    for (const row of this.visible()) {
      const [x, y] = this.pixels(row), distance = Math.hypot(x - column, y - line);
      if (distance < least) [best, least] = [row, distance];
    }
    return best;
  }

  /** The point nearest to the centre. */
  central() {
    return this.nearest([this.window.width / 2, this.window.height / 2], Infinity);
  }

  tellCentral() {
    const row = this.central();
    this.point(row, row < 0 ? [0, 0] : this.pixels(row));
  }

  point(row, [column, line]) {
    this.tip.hidden = row < 0;
    this.canvas.classList.toggle("pointing", row >= 0);
    if (row < 0) return;
    this.tip.textContent = `${this.map.ids[row]}, ${this.map.classes[row] ?? "no class"}`;
    const within = (number, most) => `${Math.max(0, Math.min(number + 12, most))}px`;
    this.tip.style.left = within(column, this.window.width - 180);
    this.tip.style.top = within(line, this.window.height - 30);
  }
}

/** Whether a query has a place: it has none where no object that it is compared with passes the filters. */
export function isPlaced(query) {
  return typeof query?.x === "number";
}

function toggled(rows, row) {
  return rows.includes(row) ? rows.filter(other => other !== row) : [...rows, row];
}
