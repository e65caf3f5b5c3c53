// The WebAssembly memories of this process. Import it before the package.
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** @type {{ kind: string, memory: WeakRef<WebAssembly.Memory> }[]} */
const all = [];
const { Instance } = WebAssembly;
let refusing = false;

WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    if (refusing) throw new RangeError('no memory');
    super(module, imports);
    const { memory } = /** @type {any} */ (this.exports);
    all.push({ kind: kindOf(this.exports), memory: new WeakRef(memory) });
  }
};

function kindOf(exports) {
  if ('compressor' in exports) return 'codec';
  return 'set_roots' in exports ? 'tls' : 'core';
}

/** Sets whether the engine refuses to make another. */
export function refuse(refuses) {
  refusing = refuses;
}

/** How many instances of each kind are held, once there are `expected` of them or garbage was collected often. */
export async function held(expected) {
  for (let i = 0; ; i += 1) {
    // In a task of its own: what was looked at is held until its task ends.
    await delay(10);
    collectGarbage();
    const counts = {};
    for (const { kind, memory } of all) if (memory.deref()) counts[kind] = (counts[kind] ?? 0) + 1;
    if (i === 100 || Object.entries(expected).every(([kind, count]) => counts[kind] === count)) return counts;
  }
}
