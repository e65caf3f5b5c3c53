// Which sockets share a carrier.

import type { IPAddressSpace } from '../address-space.ts';
import { aborted } from '../link-failures.ts';
import type { Link, TransportTarget } from '../types.ts';
import { Carrier } from './carrier.ts';
import type { CarrierSettings } from './settings.ts';

/** The carriers that accept new streams. */
const carriers = new Set<Carrier>();

/**
 * Opens a stream. If a function names the relay, and that is gone, the function is called again for another one, until it
 * names one that was tried before.
 */
export async function connect(settings: CarrierSettings, target: TransportTarget): Promise<Link> {
  const { signal, targetAddressSpace = settings.targetAddressSpace } = target;
  const tried = new Set(['']);
  for (;;) {
    if (signal.aborted) throw aborted();
    const carrier = carrierFor(settings, targetAddressSpace);
    try {
      const link = await carrier.connect(target);
      if (!signal.aborted) return link;
      // In the task in which it was connected.
      link.destroy();
    } catch (error) {
      const { accepted, relay } = carrier;
      if (typeof settings.url === 'string' || accepted || tried.has(relay)) throw error;
      tried.add(relay);
    }
  }
}

function carrierFor(settings: CarrierSettings, targetAddressSpace: IPAddressSpace | undefined): Carrier {
  for (const carrier of carriers) {
    if (carrier.targetAddressSpace !== targetAddressSpace || !areSame(carrier.settings, settings)) continue;
    if (carrier.usable) return carrier;
    carrier.bar();
  }
  // Once: for the same listener it has no effect.
  globalThis.addEventListener?.('online', returned);
  globalThis.document?.addEventListener('visibilitychange', returned);
  return new Carrier(settings, targetAddressSpace, carriers);
}

/** The network is another one perhaps, or the page was suspended. */
function returned(): void {
  if (!globalThis.document?.hidden) for (const carrier of carriers) carrier.doubt();
}

/** Whether carriers may be shared. A function may return another URL for each call of `wisp()`. */
function areSame(one: CarrierSettings, other: CarrierSettings): boolean {
  return (
    one === other ||
    (typeof one.url === 'string' &&
      one.url === other.url &&
      one.WebSocket === other.WebSocket &&
      one.extensions === other.extensions)
  );
}
