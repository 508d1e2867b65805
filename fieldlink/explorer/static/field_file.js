// A NeRF as `/api/objects/<id>/field` sends it: a safetensors file.

const TYPES = { F32: Float32Array, U8: Uint8Array };

/** Weights, packed occupancy bits, and what else the file says of the field. */
export function readField(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const tensor = ({ dtype, data_offsets: [start, end] }) => new TYPES[dtype](buffer.slice(8 + length + start, 8 + length + end));
  const { encoding, up, ...numbers } = header.__metadata__;
  const parsed = Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text)]));
  return { encoding, up, ...parsed, weights: tensor(header.weights), occupancy: tensor(header.occupancy) };
}

/** One byte per cell of a grid of packed bits, the first one of a byte highest. */
export function unpack(bits, cells) {
  const grid = new Uint8Array(cells ** 3);
  for (let cell = 0; cell < grid.length; cell++) grid[cell] = bits[cell >> 3] >> (7 - (cell & 7)) & 1;
  return grid;
}

/** Lowest and highest corner of the box around the occupied cells, in world units; both the same if there are none. */
export function occupiedBounds(grid, cells, half) {
  const first = [cells, cells, cells], last = [0, 0, 0];
  for (let cell = 0; cell < grid.length; cell++) {
    if (!grid[cell]) continue;
    const place = [Math.floor(cell / cells ** 2), Math.floor(cell / cells) % cells, cell % cells];
    for (let axis = 0; axis < 3; axis++) {
      first[axis] = Math.min(first[axis], place[axis]);
      last[axis] = Math.max(last[axis], place[axis] + 1);
    }
  }
  const toWorld = place => place * 2 * half / cells - half;
  return last[0] ? { low: first.map(toWorld), high: last.map(toWorld) } : { low: [0, 0, 0], high: [0, 0, 0] };
}
