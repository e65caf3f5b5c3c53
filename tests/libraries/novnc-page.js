// The script of a page that shows a VNC server with noVNC, over the packed package. tests/relays/novnc.test.js bundles it.
import 'websocket-wasm/deflate';
import RFB from '@novnc/novnc';
import { configure, WebSocket, wisp } from 'websocket-wasm';

/**
 * Connects with a wrong password, and with the right one; makes the server's screen as large as the element that shows it.
 * Resolves with what noVNC reported and showed.
 */
async function showScreen({ url, relay, password }) {
  if (relay) configure({ transport: wisp(relay) });
  let made = 0;
  // noVNC looks for the methods on the socket's own prototype, so it takes no subclass.
  globalThis.WebSocket = new Proxy(WebSocket, {
    construct(target, args, newTarget) {
      made += 1;
      return Reflect.construct(target, args, newTarget);
    },
  });
  const element = document.createElement('div');
  element.style.cssText = 'width: 300px; height: 200px';
  document.body.append(element);

  const next = (rfb, type) => new Promise((resolve) => rfb.addEventListener(type, ({ detail }) => resolve(detail)));
  const refused = new RFB(element, url, { credentials: { password: 'wrong' } });
  const { status } = await next(refused, 'securityfailure');

  // A socket of its own, which may have options.
  const rfb = new RFB(element, new WebSocket(url, { protocols: ['binary'] }), { credentials: { password } });
  rfb.resizeSession = true;
  const named = next(rfb, 'desktopname');
  await next(rfb, 'connect');
  const { name } = await named;
  const canvas = await until(() => {
    const canvas = element.querySelector('canvas');
    return canvas?.width === 300 && canvas.height === 200 && isWhite(canvas) ? canvas : undefined;
  });
  const size = [canvas.width, canvas.height];
  const ended = next(rfb, 'disconnect');
  rfb.disconnect();
  const { clean } = await ended;
  return { status, name, size, clean, made };
}

/** Whether the last pixel, and so the whole screen, was drawn. */
function isWhite(canvas) {
  const { data } = canvas.getContext('2d').getImageData(canvas.width - 1, canvas.height - 1, 1, 1);
  return data[0] === 255 && data[1] === 255 && data[2] === 255;
}

/**
 * Waits for a value.
 * @template T
 * @param {() => T | undefined} look
 * @returns {Promise<T>}
 */
async function until(look) {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Object.assign(globalThis, { showScreen });
