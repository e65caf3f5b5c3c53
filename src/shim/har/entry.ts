// The entry of a HAR for a recording.

import { connectionOf } from '../websocket/index.ts';
import type { HarEntry, HarRequest, HarTimings } from './format.ts';
import { URL } from './globals.ts';
import { messagesIn } from './har-messages.ts';
import { harResponse } from './har-response.ts';
import { commentOnOmitted, cookiesOf, headersIn, withoutSecrets } from './headers.ts';
import type { Recording } from './recording.ts';
import { securityDetails } from './security-details.ts';

/** Makes the entry. It waits until Blobs are read. */
export async function makeEntry(recording: Recording, sensitive: boolean): Promise<HarEntry> {
  const { socket, startedAt, close } = recording;
  const { failure, tls, transport } = connectionOf(socket);
  const until = recording.stoppedAt ?? recording.time();
  const timings = timingsOf(recording, until, transport === 'native');
  const { blocked, connect, send, wait, receive } = timings;
  const { droppedMessages, droppedBytes } = recording.messages;
  const comment = commentOn(recording);
  const entry = {
    startedDateTime: new Date(startedAt).toISOString(),
    time: [blocked, connect, send, wait, receive].reduce((sum, timing) => sum + Math.max(timing, 0), 0),
    request: requestOf(recording, sensitive),
    response: harResponse(recording, sensitive),
    cache: {},
    timings,
    ...serverOf(socket.url),
    ...(comment && { comment }),
    _resourceType: 'websocket' as const,
    ...(droppedMessages > 0 && { _droppedMessages: droppedMessages, _droppedBytes: droppedBytes }),
    ...(transport && { _transport: transport }),
    ...(tls && { _securityDetails: securityDetails(tls) }),
    ...(close && { _close: close }),
    ...(failure && { _failure: { code: failure.code, message: failure.message } }),
  };
  return { ...entry, _webSocketMessages: await messagesIn(recording) };
}

function serverOf(url: string): { serverIPAddress?: string; connection: string } {
  const { hostname, port, protocol } = new URL(url);
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  return {
    ...(isAddress && { serverIPAddress: hostname.replace(/[[\]]/g, '') }),
    connection: port || (protocol === 'wss:' ? '443' : '80'),
  };
}

function requestOf({ socket, requestHead = '' }: Recording, sensitive: boolean): HarRequest {
  const url = new URL(socket.url);
  if (!sensitive) url.username = url.password = '';
  const all = headersIn(requestHead);
  const { headers, omitted } = sensitive ? { headers: all, omitted: [] } : withoutSecrets(all);
  return {
    method: 'GET',
    url: url.href,
    httpVersion: 'HTTP/1.1',
    headers,
    cookies: cookiesOf(headers),
    queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
    headersSize: requestHead.length || -1,
    bodySize: 0,
    ...commentOnOmitted(omitted),
  };
}

/** How long each phase took, up to a time; -1 if it isn't known. */
function timingsOf({ startedAt, isLate, steps }: Recording, until: number, isNative: boolean): HarTimings {
  const timings = { blocked: -1, dns: -1 as const, connect: -1, ssl: -1 as const, send: 0, wait: 0, receive: 0 };
  let at = startedAt;
  // The browser hides the others; and the recording may have begun after them.
  const isHidden = isNative || (!steps.has('begun') && steps.has('opened'));
  const phases = isLate ? [] : isHidden ? ([['wait', 'opened']] as const) : PHASES;
  for (const [phase, step] of phases) {
    const end = steps.get(step);
    timings[phase] = (end ?? until) - at;
    if (end === undefined) return timings;
    at = end;
  }
  return { ...timings, receive: until - at };
}

/** The phases, and the steps that end them. */
const PHASES = [
  ['blocked', 'begun'],
  ['connect', 'linked'],
  ['send', 'requested'],
  ['wait', 'answered'],
] as const;

/** What is missing, in sentences; `''` for nothing. */
function commentOn({ isLate, stoppedAt, close, messages, requestHead, steps }: Recording): string {
  const { droppedMessages, droppedBytes } = messages;
  return [
    isLate && 'The recording began when the connection was already open: what came before is missing.',
    stoppedAt !== undefined && !close && 'The recording was stopped before the connection was closed.',
    droppedMessages > 0 &&
      `Messages dropped because of maxBytes or maxMessages: ${droppedMessages}, with ${droppedBytes} bytes.`,
    (isLate || steps.has('opened')) && !requestHead && "The request's headers are not known.",
  ]
    .filter(Boolean)
    .join(' ');
}
