// One view of a NeRF from its weights and occupancy grid: fieldlink/nerf/field.py and rendering.py, pixel by pixel.
// Constants (OCTAVES, UNITS, ...) are defined by field_view.js in front of this text.
precision highp float;
precision highp sampler2D;
precision highp usampler3D;

uniform sampler2D weights;      // four inputs of one unit per texel, layer by layer
uniform usampler3D occupancy;   // 1 = may hold matter; its axes are z, y, x
uniform vec3 low, high;         // corners of the box around the occupied cells
uniform mat3 rotation;          // camera to world: right, up, backward
uniform vec3 origin;            // of the camera
uniform vec2 size;              // pixels
uniform float focal;            // pixels
out vec4 colour;                // premultiplied by opacity

const int INPUTS = (3 * OCTAVES + 1) / 2;  // texels of one unit of the first layer
const float PI = 3.14159265358979;

vec4 weight(int index) {
  return texelFetch(weights, ivec2(index % TEXTURE_WIDTH, index / TEXTURE_WIDTH), 0);
}

// Weights of four units, each `stride` texels after the other, applied to four inputs.
vec4 four(int index, int stride, vec4 inputs) {
  return vec4(dot(weight(index), inputs), dot(weight(index + stride), inputs),
              dot(weight(index + 2 * stride), inputs), dot(weight(index + 3 * stride), inputs));
}

// Sine and cosine number `pair` of the frequency encoding. The phase is reduced first: in turns it is exact.
vec2 wave(vec3 x, int pair) {
  float turns = x[min(pair / OCTAVES, 2)] * 0.5 * float(1 << (pair % OCTAVES));
  float angle = 2.0 * PI * (turns - round(turns));
  return vec2(sin(angle), cos(angle));
}

// Colour, and density per unit length.
vec4 field(vec3 point) {
  vec3 x = (point + HALF) / (2.0 * HALF);
  vec4 units[UNITS];
  vec4 next[UNITS];
  for (int unit = 0; unit < UNITS; unit++) units[unit] = vec4(0.0);
  for (int index = 0; index < INPUTS; index++) {
    vec4 encoded = vec4(wave(x, 2 * index), wave(x, 2 * index + 1));
    for (int unit = 0; unit < UNITS; unit++) units[unit] += four(4 * unit * INPUTS + index, INPUTS, encoded);
  }
  int layer = 4 * UNITS * INPUTS;
  for (int hidden = 1; hidden < HIDDEN_LAYERS; hidden++) {
    for (int unit = 0; unit < UNITS; unit++) next[unit] = vec4(0.0);
    for (int index = 0; index < UNITS; index++) {
      vec4 rectified = max(units[index], 0.0);
      for (int unit = 0; unit < UNITS; unit++) next[unit] += four(layer + 4 * unit * UNITS + index, UNITS, rectified);
    }
    units = next;
    layer += 4 * UNITS * UNITS;
  }
  vec4 result = vec4(0.0);
  for (int index = 0; index < UNITS; index++) result += four(layer + index, UNITS, max(units[index], 0.0));
  bool inside = all(greaterThan(x, vec3(0.0))) && all(lessThan(x, vec3(1.0)));
  return vec4(1.0 / (1.0 + exp(-result.rgb)), inside ? exp(min(result.a - 1.0, 80.0)) : 0.0);
}

bool occupied(vec3 point) {
  ivec3 cell = ivec3(clamp((point + HALF) * (float(CELLS) / (2.0 * HALF)), 0.0, float(CELLS - 1)));
  return texelFetch(occupancy, cell.zyx, 0).r != 0u;
}

void main() {
  vec3 direction = normalize(rotation * vec3((gl_FragCoord.xy - 0.5 * size) / focal, -1.0));
  vec3 safe = mix(direction, vec3(1e-9), lessThan(abs(direction), vec3(1e-9)));
  vec3 first = (low - origin) / safe, last = (high - origin) / safe;
  vec3 nearer = min(first, last), farther = max(first, last);
  float near = max(max(max(nearer.x, nearer.y), nearer.z), 0.0);
  float far = max(min(min(farther.x, farther.y), farther.z), near);
  float stretch = (far - near) / float(STRETCHES);
  int count = 0;
  for (int number = 0; number < STRETCHES && far > near; number++)
    count += occupied(origin + (near + stretch * (float(number) + 0.5)) * direction) ? 1 : 0;
  float whole = float(count) * stretch;  // length of the occupied part of the ray

  vec3 seen = vec3(0.0);
  float transmittance = 1.0;
  int sampled = 0, passed = 0;
  for (int number = 0; number < STRETCHES && passed < count; number++) {
    float begin = near + stretch * float(number);
    if (!occupied(origin + (begin + 0.5 * stretch) * direction)) continue;
    float before = float(passed) * stretch;
    passed++;
    for (;;) {
      float start = float(sampled) * STEP, end = min(start + STEP, whole), middle = 0.5 * (start + end);
      if (start >= whole || transmittance <= MIN_TRANSMITTANCE) break;
      if (middle >= before + stretch && passed < count) break;
      vec4 value = field(origin + (begin + middle - before) * direction);
      float opacity = 1.0 - exp(-value.a * (end - start));
      seen += transmittance * opacity * value.rgb;
      transmittance *= 1.0 - opacity;
      sampled++;
    }
  }
  colour = vec4(seen, 1.0 - transmittance);
}
