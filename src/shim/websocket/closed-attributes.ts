// What is left of a socket that is closed.
import type { Channel } from '../channel/channel.ts';
import { CLOSED } from '../channel/ready-state.ts';

/** The attributes of a closed socket: the last values, and `bufferedAmount`, which still grows. */
export class ClosedAttributes {
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly readyState = CLOSED;
  bufferedAmount: number;

  constructor({ url, protocol, extensions, bufferedAmount }: Channel) {
    this.url = url;
    this.protocol = protocol;
    this.extensions = extensions;
    this.bufferedAmount = bufferedAmount;
  }
}
