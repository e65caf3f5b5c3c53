// The messages in a HAR, to replay them.
import { fromBase64 } from './base64.ts';

/** A message in a HAR. */
export interface ArchivedMessage {
  /** The URL of its connection. */
  readonly url: string;
  /** The number of its connection among the WebSockets of the HAR, from 0. */
  readonly connection: number;
  /** Whether it was sent to the server. */
  readonly sent: boolean;
  /** When it was sent or received, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** Text, or bytes. */
  readonly data: string | Uint8Array<ArrayBuffer>;
}

/**
 * The messages of all WebSockets in a HAR, in the order in which it lists them: recorded by {@link recordOf}, or exported
 * by the developer tools of a Chromium browser. Reasons of failures, and entries of other requests, are skipped.
 *
 * @param har the object, or its JSON
 * @throws {SyntaxError} for text that isn't JSON
 * @throws {TypeError} for something that isn't a HAR, or has a message without valid data
 */
export function messagesOf(har: object | string): ArchivedMessage[] {
  const { log } = (typeof har === 'string' ? JSON.parse(har) : har) ?? {};
  if (!Array.isArray(log?.entries)) throw new TypeError('A HAR must have an array log.entries.');
  const connections = log.entries.filter((entry: Untrusted) => Array.isArray(entry?._webSocketMessages));
  return connections.flatMap(({ request, _webSocketMessages: messages }: Untrusted, connection: number) =>
    messages.filter(isMessage).map(({ type, time, opcode, data }: Untrusted): ArchivedMessage => {
      const where = `the WebSocket ${connection} of the HAR`;
      if (typeof time !== 'number') throw new TypeError(`A message of ${where} has no time.`);
      if (typeof data !== 'string') throw new TypeError(`A message of ${where} has no data.`);
      return {
        url: `${request?.url}`,
        connection,
        sent: type === 'send',
        time: time * 1000,
        data: opcode === 1 ? data : bytes(data, where),
      };
    }),
  );
}

/** A part of a HAR that isn't checked. */
// biome-ignore lint/suspicious/noExplicitAny: it may be anything
type Untrusted = any;

function isMessage(message: Untrusted): boolean {
  return (message?.type === 'send' || message?.type === 'receive') && (message.opcode === 1 || message.opcode === 2);
}

function bytes(data: string, where: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64(data);
  } catch (cause) {
    throw new TypeError(`A binary message of ${where} isn't in base64.`, { cause });
  }
}
