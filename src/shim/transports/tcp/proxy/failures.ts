// Failures at a proxy. Their messages name it without its credentials.
import { Failure } from '../../../failure.ts';

/** The proxy can't be reached. */
export function proxyUnreachable(proxy: string, reason: string, options?: ErrorOptions): Failure {
  return new Failure('proxy-unreachable', `can't connect to the proxy ${proxy}: ${reason}`, options);
}

/** The proxy doesn't connect to the host: `cause` has the number that it says so by. */
export function proxyRefused(proxy: string, place: string, reason: string, cause?: ProxyAnswer): Failure {
  return new Failure('proxy-refused', `the proxy ${proxy} refused to connect to ${place}: ${reason}`, { cause });
}

/** The proxy's answer isn't one of its protocol, or never came. */
export function proxyFailed(proxy: string, reason: string, options?: ErrorOptions): Failure {
  return new Failure('proxy-failed', `the proxy ${proxy} gave no valid answer: ${reason}`, options);
}

/** A refusal, for programs: an HTTP proxy's status, or a SOCKS proxy's reply. */
export type ProxyAnswer = { readonly status: number } | { readonly reply: number };
