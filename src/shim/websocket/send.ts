// `send()` after the conversion of its argument (WHATWG WebSockets 3.1).
import type { SendData } from '../arguments/send-data.ts';
import type { Channel } from '../channel/channel.ts';
import { CONNECTING } from '../channel/ready-state.ts';
import { blobSize } from '../platform/binary.ts';
import { DOMException } from '../platform/globals.ts';
import { byteLength as utf8Length } from '../platform/text.ts';
import { ClosedAttributes } from './closed-attributes.ts';
import type { Connection } from './connection.ts';

/** What {@link Connection} needs of its socket. */
export interface SendingSide {
  /** The one that `connectionOf()` returned. */
  connection?: Connection | undefined;
  readonly channel: Channel;
  /** The channel, or after `close` the final attributes. */
  readonly attributes: Channel | ClosedAttributes;
  /** Whether a lone surrogate is an error. */
  readonly strictText: boolean;
}

/**
 * Sends a message.
 *
 * @throws {DOMException} `InvalidStateError` while CONNECTING, `SyntaxError` for a lone surrogate
 */
export function send({ channel, attributes, strictText }: SendingSide, data: SendData): void {
  if (strictText && attributes.readyState !== CONNECTING) checkPairs('send', data);
  if (attributes instanceof ClosedAttributes) attributes.bufferedAmount += byteLength(data);
  else if (typeof data === 'string') channel.sendText(data);
  else if (data instanceof Uint8Array) channel.sendBinary(data);
  else channel.sendBlob(data);
}

/** The historic interface: "if the data has any unpaired surrogates, throw SYNTAX_ERR". */
export function checkPairs(method: string, data: unknown): void {
  if (typeof data === 'string' && !data.isWellFormed()) {
    throw new DOMException(
      `Failed to execute '${method}' on 'WebSocket': The text has a lone surrogate.`,
      'SyntaxError',
    );
  }
}

function byteLength(data: SendData): number {
  if (typeof data === 'string') return utf8Length(data);
  return data instanceof Uint8Array ? data.byteLength : blobSize(data);
}
