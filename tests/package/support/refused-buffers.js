// An engine that refuses buffers, as one does that is short of memory.

/** A module that is loaded before the package. */
const refusing = (sizes) => `
  const refuse = (bytes) => {
    if ([${sizes}].includes(bytes)) throw new RangeError('Array buffer allocation failed');
  };
  const { allocUnsafeSlow } = Buffer;
  Buffer.allocUnsafeSlow = (size) => {
    refuse(size);
    return allocUnsafeSlow(size);
  };
  const sizeOf = (source) => (typeof source === 'number' ? source : ArrayBuffer.isView(source) ? source.length : undefined);
  for (const name of ['ArrayBuffer', 'Uint8Array']) {
    const Class = globalThis[name];
    const { slice } = Class.prototype;
    Class.prototype.slice = function (start = 0, end = this.byteLength) {
      refuse(Math.min(end, this.byteLength) - start);
      return slice.call(this, start, end);
    };
    const construct = (target, args, newTarget) => {
      refuse(sizeOf(args[0]));
      return Reflect.construct(target, args, newTarget);
    };
    globalThis[name] = new Proxy(Class, { construct });
  }`;

/**
 * The arguments of a Node that refuses buffers of these sizes, however they are created.
 * @param {...number} sizes in bytes
 */
export function refusingBuffers(...sizes) {
  return ['--import', `data:text/javascript,${encodeURIComponent(refusing(sizes))}`];
}
