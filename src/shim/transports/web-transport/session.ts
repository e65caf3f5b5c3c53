// The WebTransport session to a relay, and the sockets over it.
import { Failure } from '../../failure.ts';
import { onAbort } from '../../platform/abort-signal.ts';
import { clearTimeout, now, setTimeout, URL } from '../../platform/globals.ts';
import { inBrowser } from '../../platform/host.ts';
import { aborted } from '../link-failures.ts';
import type { Link } from '../types.ts';
import { RelayedLink } from './link.ts';
import { Opening } from './opening.ts';
import type { SessionOptions } from './options.ts';
import { encodeRequest } from './prologue.ts';
import type { WebTransportClass, WebTransportSession } from './types.ts';

/** How long opening the session may take, in milliseconds. */
const OPEN_TIMEOUT = 10_000;

/** How long attempts must have gone unanswered before a session counts as dead, in milliseconds. See `#attemptEnded`. */
const MAX_SILENCE = 50;

/** How long streams may take to deliver what was received before their session ended, in milliseconds. */
const LAST_DATA_TIMEOUT = 1_000;

/**
 * How long a session without sockets stays open for the next one, in milliseconds. A process would stay alive as long:
 * there it is only long enough for a socket that is opened on `close`.
 */
const IDLE_TIMEOUT = inBrowser ? 10_000 : 0;

/** The code of a stream that the relay resets because the target reset its connection. */
const TARGET_RESET = 1;

/** An attempt to connect: when it began, and how often something had been received by then. */
interface Attempt {
  readonly begun: number;
  readonly received: number;
}

export class Session {
  /** Names the relay in messages, without its path and query, which may hold a secret. */
  readonly #relay: string;
  readonly #token: Uint8Array;
  readonly #session: WebTransportSession;
  /** Called when this accepts no more sockets. */
  readonly #retired: () => void;
  readonly #links = new Set<RelayedLink>();
  /** The number of attempts that haven't become links, and haven't failed. */
  #attempts = 0;
  /** Rejects when the session ends. */
  readonly #ending: Promise<never>;
  #rejectAttempts: (error: Failure) => void = () => {};
  readonly #openTimer: ReturnType<typeof setTimeout>;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #opened = false;
  /** Whether no more sockets are accepted, while those that are open go on. */
  #barred = false;
  /** Why the session has ended. */
  #failure: Failure | undefined;
  /** How often something was received. */
  #received = 0;
  /** For how long attempts have gone unanswered since, in milliseconds. */
  #waited = 0;

  /**
   * @param retired called when this accepts no more sockets
   * @throws {Failure} if the class throws
   */
  constructor(url: string, WebTransport: WebTransportClass, options: SessionOptions, retired: () => void) {
    this.#relay = `The relay https://${new URL(url).host}/`;
    this.#token = options.token;
    this.#retired = retired;
    this.#ending = new Promise((_, reject) => {
      this.#rejectAttempts = reject;
    });
    this.#ending.catch(() => {});
    try {
      this.#session = new WebTransport(url, options.passedOn as never);
    } catch (error) {
      throw this.#unreachable(error);
    }
    this.#openTimer = setTimeout(() => this.#openTimedOut(), OPEN_TIMEOUT);
    this.#listen();
  }

  #listen(): void {
    const { ready, closed, draining } = this.#session;
    ready.then(
      () => {
        this.#opened = true;
        clearTimeout(this.#openTimer);
        this.recordReceived();
      },
      (error) => this.#end(this.#unreachable(error)),
    );
    closed.then(
      // Deno has no value there.
      (info) => this.#closed(`closed its session (code ${info?.closeCode ?? 0})`),
      (error) => (this.#opened ? this.#closed('is gone', error) : this.#end(this.#unreachable(error))),
    );
    // The relay is about to stop: sockets that are open go on meanwhile.
    draining?.then(
      () => this.#bar(),
      () => {},
    );
  }

  /** Connects to a host. */
  async connect(hostname: string, port: number, signal: AbortSignal): Promise<Link> {
    clearTimeout(this.#idleTimer);
    const attempt = { begun: now(), received: this.#received };
    const opening = new Opening();
    let forgetSignal = () => {};
    const aborting = new Promise<never>((_, reject) => {
      // Synchronously: the next attempt may be made in the same task, on `close`.
      forgetSignal = onAbort(signal, () => {
        this.#attemptEnded(attempt);
        reject(aborted());
      });
    });
    this.#attempts += 1;
    try {
      const request = encodeRequest(this.#token, hostname, port);
      const received = () => this.recordReceived();
      const opened = this.#session.ready.then(() => opening.run(this.#session, request, this.#relay, received));
      const { stream, first } = await Promise.race([opened, aborting, this.#ending]);
      const link = new RelayedLink(stream, first, this);
      this.#links.add(link);
      return link;
    } catch (error) {
      opening.drop();
      throw error instanceof Failure ? error : this.failureOf(error, false);
    } finally {
      this.#attempts -= 1;
      forgetSignal();
      this.#closeIfUnused();
    }
  }

  /**
   * Records that an attempt ended without an answer, by its timeout or by its user: this can't tell which.
   *
   * If nothing was received meanwhile, the relay may have vanished (or only the host doesn't answer), and a retry must not wait
   * for the session's own timeout: the next attempt makes a new session, and the sockets of this one go on. An attempt aborted
   * at once is no evidence, since no answer could have come yet, so the times are added up until something is received.
   */
  #attemptEnded({ begun, received }: Attempt): void {
    if (this.#received !== received) return;
    this.#waited += now() - begun;
    if (this.#waited >= MAX_SILENCE) this.#bar();
  }

  /** Records that the relay is alive. */
  recordReceived(): void {
    this.#received += 1;
    this.#waited = 0;
  }

  /** Why a stream broke; `isOpen` says whether the relay had connected it. */
  failureOf(error: unknown, isOpen: boolean): Failure {
    if (this.#failure) return this.#failure;
    const { source, streamErrorCode } = Object(error) as { source?: unknown; streamErrorCode?: unknown };
    const options = { cause: error };
    if (source === 'session') return new Failure('relay-closed', `${this.#relay} is gone.`, options);
    if (streamErrorCode === TARGET_RESET) {
      return new Failure('transport-failed', 'the connection broke: the host reset it', options);
    }
    // Firefox has no codes: as long as the session lives, it is mostly the host.
    if (source === undefined && isOpen) {
      return new Failure('transport-failed', 'the connection broke: the host or the relay reset it', options);
    }
    return new Failure('relay-closed', `${this.#relay} broke the connection off.`, options);
  }

  /** Removes the link of a socket. */
  forget(link: RelayedLink): void {
    if (this.#links.delete(link)) this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (this.#links.size > 0 || this.#attempts > 0 || this.#failure) return;
    clearTimeout(this.#idleTimer);
    if (this.#barred) this.#end(aborted());
    else this.#idleTimer = setTimeout(() => this.#end(aborted()), IDLE_TIMEOUT);
  }

  #openTimedOut(): void {
    const seconds = OPEN_TIMEOUT / 1_000;
    this.#end(new Failure('relay-timeout', `${this.#relay} opened no session within ${seconds} s.`));
  }

  #closed(what: string, cause?: unknown): void {
    const options = cause === undefined ? undefined : { cause };
    this.#end(new Failure('relay-closed', `${this.#relay} ${what}.`, options));
  }

  #unreachable(cause: unknown): Failure {
    return new Failure('relay-unreachable', `${this.#relay} can't be reached.`, { cause });
  }

  #bar(): void {
    if (this.#barred || this.#failure) return;
    this.#barred = true;
    this.#retired();
    this.#closeIfUnused();
  }

  /** Ends all sockets with the error, and closes the session. */
  #end(failure: Failure): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#retired();
    clearTimeout(this.#openTimer);
    clearTimeout(this.#idleTimer);
    this.#rejectAttempts(failure);
    // The streams break by themselves, and may have bytes to deliver before that. One that doesn't must not hang.
    if (this.#links.size > 0) {
      setTimeout(() => {
        for (const link of this.#links) link.break();
      }, LAST_DATA_TIMEOUT);
    }
    this.#close().catch(() => {
      // It is closed already.
    });
  }

  async #close(): Promise<void> {
    try {
      this.#session.close();
    } catch {
      // In Deno it can't be closed earlier.
      await this.#session.ready;
      this.#session.close();
    }
  }
}
