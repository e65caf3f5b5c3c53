// Instances of a module. WebAssembly's memory never shrinks, so each instance has few users, and is let go with the last one.

import { isOverflow } from '../platform/stack-overflow.ts';

/** An instance, of the core or of TLS. */
export interface Pooled {
  readonly memory: WebAssembly.Memory;
  /** How many sockets it has. */
  readonly users: number;
  readonly stopped: boolean;
  /** Notifies its users if it has stopped. */
  readonly notifySoon: () => unknown;
}

/** How many sockets an instance has before another one is made. */
const MAX_USERS = 256;
/** How large an instance's memory may be before it takes no more sockets, in bytes: more than a burst of messages needs. */
const MAX_MEMORY = 16 * 1024 * 1024;
/** How many instances there are before they take more sockets than that. Chromium has at most 124 memories in a process. */
const MAX_INSTANCES = 16;

export class InstancePool<Instance extends Pooled> {
  readonly #all = new Set<Instance>();
  readonly #make: (onEmpty: () => void) => Instance;

  /** @param make makes an instance, which must call `onEmpty` when its last user has left */
  constructor(make: (onEmpty: () => void) => Instance) {
    this.#make = make;
  }

  /** The instance for a new user: of those with room the one with the most users, so that others become empty. */
  take(): Instance {
    let fullest: Instance | undefined;
    let emptiest: Instance | undefined;
    for (const instance of this.#all) {
      if (instance.stopped) {
        instance.notifySoon();
        continue;
      }
      const { users } = instance;
      if (!emptiest || users < emptiest.users) emptiest = instance;
      const hasRoom = users < MAX_USERS && !hasGrown(instance);
      if (hasRoom && (!fullest || users > fullest.users)) fullest = instance;
    }
    if (fullest) return fullest;
    return emptiest && this.#all.size >= MAX_INSTANCES ? emptiest : this.#add(emptiest);
  }

  /** Makes an instance. If the engine refuses another memory, `other` takes the user. */
  #add(other: Instance | undefined): Instance {
    try {
      const made: Instance = this.#make(() => this.#emptied(made));
      this.#all.add(made);
      return made;
    } catch (error) {
      if (other && !isOverflow(error)) return other;
      throw error;
    }
  }

  /** Keeps one that hasn't grown: the next socket shall not wait for another. */
  #emptied(instance: Instance): void {
    if (this.#all.size > 1 || instance.stopped || hasGrown(instance)) this.#all.delete(instance);
  }
}

function hasGrown({ memory }: Pooled): boolean {
  return memory.buffer.byteLength > MAX_MEMORY;
}
