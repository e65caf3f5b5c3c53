// tls(): TLS in WebAssembly, over another transport.

import { checkTransport } from '../../arguments/defaults.ts';
import { onAbort } from '../../platform/abort-signal.ts';
import { type GuardedLink, toLink } from '../guarded-link.ts';
import { aborted } from '../link-failures.ts';
import { native } from '../native.ts';
import { takeTls } from '../tls-registry.ts';
import { named, nameOf } from '../transport-name.ts';
import type { Link, Transport, TransportTarget } from '../types.ts';
import { TlsLink } from './link.ts';
import { loadTls } from './module.ts';
import { convertTlsOptions, type TlsOptions, type TlsSettings } from './options.ts';
import { TlsSession } from './session.ts';

/**
 * Wraps a transport of plain bytes: `wss:` connections over it are encrypted by TLS 1.3 or 1.2 to the host that the URL
 * names, whose certificate is verified. `ws:` connections are passed through.
 *
 * TLS is WebAssembly of its own, which a page loads while the first such connection is made.
 *
 * @param transport is asked for plain bytes: with `secure: false`, and the host and port of the URL
 * @throws {TypeError} for an invalid option, for `native`, and for anything but a function
 * @see {@link https://www.rfc-editor.org/rfc/rfc8446 | RFC 8446}
 * @example
 * configure({ transport: tls(myTransport, { ca: await (await fetch('/ca.pem')).text() }) });
 */
export function tls(transport: Transport, options?: TlsOptions): Transport {
  if (checkTransport(transport) === native) throw new TypeError("tls() can't wrap 'native', which carries no bytes.");
  return wrap(transport, convertTlsOptions(options));
}

function wrap(transport: Transport, settings: TlsSettings): Transport {
  const wrapped: Transport = (target) => (target.secure ? connect(transport, settings, target) : transport(target));
  named(wrapped, nameOf(transport));
  takeTls(wrapped, (options) =>
    wrap(transport, Object.assign(Object.create(null), settings, convertTlsOptions(options))),
  );
  return wrapped;
}

async function connect(transport: Transport, settings: TlsSettings, target: TransportTarget): Promise<Link> {
  const { hostname, port, signal } = target;
  const linking = connectPlain(transport, target);
  let forgetSignal = () => {};
  // While the files are loaded, nothing else drops a link that is connected already.
  const aborting = new Promise<never>((_, reject) => {
    forgetSignal = onAbort(signal, () => reject(aborted()));
  });
  let link: TlsLink;
  try {
    const ready = Promise.all([loadTls(settings.ca === undefined), linking]);
    const [takeInstance, inner] = await Promise.race([aborting, ready]);
    if (signal.aborted) await aborting;
    link = new TlsLink(inner, new TlsSession(takeInstance(), hostname, port, settings));
  } catch (error) {
    linking.then(
      (inner) => inner.destroy(),
      () => {},
    );
    throw error;
  } finally {
    forgetSignal();
  }
  await link.handshake(signal);
  return link;
}

async function connectPlain(transport: Transport, target: TransportTarget): Promise<GuardedLink> {
  return toLink(await transport({ ...target, secure: false }), false);
}
