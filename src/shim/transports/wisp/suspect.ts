// Whether a carrier may be dead: its relay, or the network, may have vanished without a FIN.

import { now } from '../../platform/globals.ts';

/** How long questions must have gone unanswered before a carrier is suspect, in milliseconds. See `unanswered`. */
const MAX_SILENCE = 50;

/** How long a carrier must have been silent if something was received since the question, in milliseconds. */
export const MAX_STALE = 5_000;

/**
 * What may be dead. Whatever is received refutes that. Nothing is sent to find out: it would cost traffic and battery that
 * the user didn't ask for.
 */
export abstract class Suspect {
  /** Whether it may be dead. */
  protected suspect = false;
  /** When the last message was received. */
  #receivedAt = 0;
  /** For how long questions have gone unanswered since, in milliseconds. */
  #waited = 0;

  /** Called when it becomes suspect: if it isn't in use, there is nothing to wait for. */
  protected abstract endIfIdle(): void;

  /** Makes it suspect. */
  doubt(): void {
    this.suspect = true;
    this.endIfIdle();
  }

  /** Records that the relay is alive. */
  protected heard(): void {
    this.#receivedAt = now();
    this.#waited = 0;
    this.suspect = false;
  }

  /**
   * Records that a question of that time went unanswered: a timeout ended the wait, or the user; this can't tell which.
   *
   * If anything was received lately, the relay is alive. If not, it may have vanished (or only the host doesn't answer), and
   * a retry must not wait for it again: the next attempt makes a new carrier, at the cost of a handshake, and the streams of
   * this one go on. A question that is withdrawn at once is no evidence, since no answer could have come yet, so some
   * waiting is required. The times are added up until something is received: otherwise attempts that are each too short
   * would stay on a dead carrier forever.
   */
  unanswered(asked: number): void {
    const time = now();
    const isSilent = this.#receivedAt <= asked;
    if (isSilent) this.#waited += time - asked;
    if (isSilent ? this.#waited >= MAX_SILENCE : time - this.#receivedAt >= MAX_STALE) this.doubt();
  }
}
