// The core's exported objects, guarded: no caller sees a trap. The shim has no other way to call their methods.
import type { Socket } from '../../../target/bindgen/websocket_wasm.js';
import type { Instance } from './instance.ts';

/** The same methods and attributes. Once the instance has stopped they do nothing, and return `undefined`. */
export type Guarded<Exported> = {
  readonly [Name in keyof Exported]: Exported[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Result | undefined
    : Exported[Name] | undefined;
};

export type CoreSocket = Guarded<Socket>;

type Method = (...args: unknown[]) => unknown;

class Guard {
  readonly exported: object;
  readonly instance: Instance;

  constructor(exported: object, instance: Instance) {
    this.exported = exported;
    this.instance = instance;
  }
}

/** The guard of each of wasm-bindgen's classes. */
const guards = new WeakMap<object, typeof Guard>();

/** An object of one of the instance's exported classes, guarded. */
export function guarded<Exported extends object>(instance: Instance, exported: Exported): Guarded<Exported> {
  const prototype = Object.getPrototypeOf(exported);
  const GuardOfClass = guards.get(prototype) ?? guardOf(prototype);
  return new GuardOfClass(exported, instance) as unknown as Guarded<Exported>;
}

/** The instance of a guarded object. */
export function instanceOf(object: object): Instance {
  return (object as Guard).instance;
}

/** Says that somebody will free a socket, which no finalizer needs to watch any more. */
export function setOwned(object: CoreSocket): void {
  ((object as unknown as Guard).exported as Socket & { owned(): void }).owned();
}

function guardOf(prototype: object): typeof Guard {
  const GuardOfClass = class extends Guard {};
  for (const [name, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (get) Object.defineProperty(GuardOfClass.prototype, name, { get: guardMethod(get) });
    else if (name !== 'constructor') Object.defineProperty(GuardOfClass.prototype, name, { value: guardMethod(value) });
  }
  guards.set(prototype, GuardOfClass);
  return GuardOfClass;
}

/** For methods of at most three parameters: no exported method has more. */
function guardMethod(method: Method): (this: Guard, a?: unknown, b?: unknown, c?: unknown) => unknown {
  return function (a, b, c) {
    const { exported, instance } = this;
    if (instance.stopped) {
      instance.notifySoon();
      return undefined;
    }
    try {
      return method.call(exported, a, b, c);
    } catch (error) {
      instance.notifySoon();
      return instance.outcome(error);
    }
  };
}
