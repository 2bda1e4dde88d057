// Frames: a JSON head and arrays, as the library sends them.

/**
 * @typedef {{kind: string, view: string | null, id: number | null, number: number | null,
 *   data: any, arrays: Record<string, any>, shapes: Record<string, number[]>}} Frame
 */

const TYPES = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
};

/** An input that the library refuses: a sentence, and the name of the field. */
export class Refused extends Error {
  /** @param {string} message @param {string | null} field */
  constructor(message, field) {
    super(message);
    this.field = field;
  }
}

/**
 * The frame of a head and the bytes of its arrays.
 * @param {any} head
 * @param {(index: number, description: any) => {buffer: ArrayBuffer, offset: number}} place
 * @returns {Frame}
 */
export function frameOf(head, place) {
  const arrays = {};
  const shapes = {};
  (head.arrays || []).forEach((description, index) => {
    const type = TYPES[description.dtype];
    if (!type) throw new Error(`an array of type ${description.dtype} is not known`);
    const length = description.shape.reduce((product, size) => product * size, 1);
    const { buffer, offset } = place(index, description);
    const aligned = offset % type.BYTES_PER_ELEMENT === 0;
    const end = offset + length * type.BYTES_PER_ELEMENT;
    arrays[description.name] = aligned
      ? new type(buffer, offset, length)
      : new type(buffer.slice(offset, end));
    shapes[description.name] = description.shape;
  });
  return {
    kind: head.kind,
    view: head.view ?? null,
    id: head.id ?? null,
    number: head.number ?? null,
    data: head.data ?? {},
    arrays,
    shapes,
  };
}

/**
 * The frame in a buffer that starts with the frame's length.
 * @param {ArrayBuffer} buffer
 * @returns {Frame}
 */
export function decodeFrame(buffer) {
  const view = new DataView(buffer);
  const headLength = view.getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headLength)));
  let next = 4 + padded(4 + headLength);
  return frameOf(head, (_, description) => {
    const size = TYPES[description.dtype].BYTES_PER_ELEMENT;
    const offset = next;
    next += padded(description.shape.reduce((product, each) => product * each, size));
    return { buffer, offset };
  });
}

function padded(length) {
  return Math.ceil(length / 8) * 8;
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  constructor() {
    this.parts = [];
    this.held = 0;
  }

  /**
   * The frames that are complete with these bytes.
   * @param {Uint8Array} bytes
   * @returns {Frame[]}
   */
  add(bytes) {
    this.parts.push(bytes);
    this.held += bytes.length;
    const frames = [];
    while (this.held >= 4) {
      const joined = this.joined();
      const total = new DataView(joined.buffer).getUint32(0, true) + 4;
      if (this.held < total) break;
      frames.push(decodeFrame(joined.buffer.slice(0, total)));
      this.parts = [joined.slice(total)];
      this.held -= total;
    }
    return frames;
  }

  joined() {
    if (
      this.parts.length > 1 ||
      this.parts[0].byteOffset ||
      this.parts[0].buffer.byteLength !== this.held
    ) {
      const whole = new Uint8Array(this.held);
      let place = 0;
      for (const part of this.parts) {
        whole.set(part, place);
        place += part.length;
      }
      this.parts = [whole];
    }
    return this.parts[0];
  }
}

/**
 * Throws if a frame says that the input was refused; returns it otherwise.
 * @param {Frame} frame
 * @returns {Frame}
 */
export function accepted(frame) {
  if (frame.kind === "error") throw new Refused(frame.data.message, frame.data.field ?? null);
  return frame;
}
