// The option `targetAddressSpace` of the browser's own WebSocket (WICG Local Network Access).
import { enumeration } from '../arguments/enumeration.ts';

/** From where an address can be reached: from everywhere, in the local network, on this device. */
export type IPAddressSpace = 'public' | 'local' | 'loopback';

type Class = typeof globalThis.WebSocket;

export const toAddressSpace = enumeration<IPAddressSpace>('targetAddressSpace', 'public', 'local', 'loopback');

/** The second argument for a class: the subprotocols, or an option bag if that is needed and the class reads one. */
export function secondArgument(WebSocket: Class, protocols: string[], targetAddressSpace?: IPAddressSpace): string[] {
  // TypeScript's declaration of the class has no option bag.
  return targetAddressSpace && readsOptions(WebSocket) ? ({ protocols, targetAddressSpace } as never) : protocols;
}

/** Whether a class reads an option bag. Nothing is connected: the getter throws, and the URL is invalid. */
export function readsOptions(WebSocket: Class): boolean {
  let reads = false;
  // Inherited: older versions of npm's `ws` copy all own members, and take no subprotocols of them.
  const options = Object.create({
    get protocols() {
      reads = true;
      throw reads;
    },
  });
  try {
    new WebSocket('ws://[', options);
  } catch {
    // As expected.
  }
  return reads;
}
