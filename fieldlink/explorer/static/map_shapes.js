// Shapes on the map: the marks of classes, and the star of the query.

/** A mark of each kind of class; `r` in pixels. */
export const SHAPES = [
  (path, x, y, r) => path.arc(x, y, r, 0, 2 * Math.PI),
  (path, x, y, r) => path.rect(x - r, y - r, 2 * r, 2 * r),
  (path, x, y, r) => polygon(path, x, y, 1.3 * r, 3),
  (path, x, y, r) => polygon(path, x, y, 1.2 * r, 4),
];

/** A circle. */
export function ring([x, y], radius) {
  const path = new Path2D();
  path.arc(x, y, radius, 0, 2 * Math.PI);
  return path;
}

/** A star of five tips. */
export function star([x, y]) {
  const path = new Path2D();
  for (let tip = 0; tip < 10; tip++) {
    const angle = tip * Math.PI / 5 - Math.PI / 2, radius = tip % 2 ? 5 : 12;
    path.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  path.closePath();
  return path;
}

function polygon(path, x, y, radius, corners) {
  for (let corner = 0; corner < corners; corner++) {
    const angle = corner * 2 * Math.PI / corners - Math.PI / 2;
    path[corner ? "lineTo" : "moveTo"](x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  path.closePath();
}
