// The messages of a recording as HAR has them.
import { connectionOf } from '../websocket/index.ts';
import { toBase64 } from './base64.ts';
import type { HarWebSocketMessage } from './format.ts';
import type { RecordedMessage } from './recorded-messages.ts';
import type { Recording } from './recording.ts';

/** The messages; and after a failure its reason, as Chromium's developer tools have it. */
export async function messagesIn({ socket, messages, failedAt }: Recording): Promise<HarWebSocketMessage[]> {
  const list = await Promise.all(messages.list().map(harMessage));
  const { failure } = connectionOf(socket);
  if (failedAt === undefined) return list;
  const data = failure?.message ?? 'The connection failed.';
  return [...list, { type: 'error', time: failedAt / 1000, opcode: -1, data }];
}

async function harMessage({ type, time, data }: RecordedMessage): Promise<HarWebSocketMessage> {
  const message = { type, time: time / 1000, opcode: typeof data === 'string' ? 1 : 2 };
  if (typeof data === 'string') return { ...message, data };
  if (data instanceof Uint8Array) return { ...message, data: toBase64(data) };
  try {
    return { ...message, data: toBase64(new Uint8Array(await data.arrayBuffer())) };
  } catch {
    // A file that has changed since.
    return { ...message, data: '', _comment: 'The Blob could no longer be read.' };
  }
}
