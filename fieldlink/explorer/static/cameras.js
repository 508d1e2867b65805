// Cameras that look at the origin: fieldlink/scenes/cameras.py.

/** Camera to world of a camera without roll: columns right, up, backward, and its origin. Angles in degrees.
 *  `up`: the axis of the NeRF's frame, y or z, that points up. */
export function lookAtOrigin(azimuth, elevation, distance, up = "y") {
  const a = azimuth * Math.PI / 180, e = elevation * Math.PI / 180;
  const backward = [Math.cos(e) * Math.cos(a), Math.sin(e), Math.cos(e) * Math.sin(a)];
  const length = Math.hypot(backward[2], backward[0]);
  const right = [backward[2] / length, 0, -backward[0] / length];
  const above = cross(backward, right);
  const turned = ([x, y, z]) => up === "z" ? [x, -z, y] : [x, y, z];
  return {
    rotation: [...turned(right), ...turned(above), ...turned(backward)],
    origin: turned(backward).map(part => part * distance),
  };
}

/** Focal length in pixels of a full horizontal field of view, in radians. */
export function focalLength(angle, width) {
  return 0.5 * width / Math.tan(0.5 * angle);
}

function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
