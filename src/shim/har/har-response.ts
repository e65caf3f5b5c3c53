// The response to the opening handshake as HAR has it.
import type { HandshakeResponse } from '../websocket/handshake-response.ts';
import { connectionOf } from '../websocket/index.ts';
import { toBase64 } from './base64.ts';
import type { HarContent, HarResponse } from './format.ts';
import { TextDecoder } from './globals.ts';
import { commentOnOmitted, firstValue, setCookiesOf, withoutCookies } from './headers.ts';
import type { Recording } from './recording.ts';

/** Without a response, as over `native`, the status is that which an open connection must have had. */
export function harResponse({ socket, steps, isLate }: Recording, sensitive: boolean): HarResponse {
  const { response, failure } = connectionOf(socket);
  const isOpened = isLate || steps.has('opened');
  const all = response ? [...response.headers].map(([name, value]) => ({ name, value })) : [];
  const { headers, omitted } = sensitive ? { headers: all, omitted: [] } : withoutCookies(all);
  return {
    status: response?.status ?? (isOpened ? 101 : 0),
    statusText: response?.reason ?? (isOpened ? 'Switching Protocols' : ''),
    httpVersion: 'HTTP/1.1',
    headers,
    cookies: setCookiesOf(headers),
    content: contentOf(response, firstValue(headers, 'content-type')),
    redirectURL: firstValue(headers, 'location'),
    headersSize: -1,
    bodySize: response?.body?.length ?? (isOpened ? 0 : -1),
    ...commentOnOmitted(omitted),
    ...(failure && { _error: failure.message }),
  };
}

/** The body, as text if it is UTF-8. */
function contentOf(response: HandshakeResponse | undefined, type: string): HarContent {
  const body = response?.body;
  const content = { size: body?.length ?? 0, mimeType: type || 'x-unknown' };
  if (!body?.length) return content;
  const cut = response?.bodyTruncated ? { comment: 'The body is incomplete.' } : {};
  try {
    return { ...content, text: new TextDecoder('utf-8', { fatal: true }).decode(body), ...cut };
  } catch {
    return { ...content, text: toBase64(body), encoding: 'base64', ...cut };
  }
}
