// What `require()` of an entry returns: the class, as `require('ws')` does, with the entry's exports as properties. The class
// itself keeps the standard's shape, so this is a function beside it.
import type { WebSocketConstructor } from '../websocket/interface.ts';

/**
 * Makes the function.
 * @param exported the exports of an entry
 * @internal
 */
export function requiredClass(exported: { readonly WebSocket: WebSocketConstructor }): unknown {
  const Class = exported.WebSocket;
  const required = function (this: unknown, ...given: unknown[]): object {
    if (new.target === undefined)
      throw new TypeError(`Class constructor ${Class.name} cannot be invoked without 'new'`);
    return Reflect.construct(Class, given, new.target === required ? Class : new.target);
  };
  // Its sockets are the class's: `instanceof` holds for both, and it and its subclasses have the class's statics.
  required.prototype = Class.prototype;
  Object.setPrototypeOf(required, Class);
  for (const name of ['name', 'length'] as const) {
    Object.defineProperty(required, name, { value: Class[name], configurable: true });
  }
  // For an `import` that was compiled to `require()`. Node's own exports of an ES module may have it, too.
  Object.defineProperty(required, '__esModule', { value: true });
  for (const [name, value] of Object.entries({ ...exported, default: Class })) {
    if (name === '__esModule') continue;
    Object.defineProperty(required, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return required;
}
