// HAR 1.2 as far as it describes WebSockets, with the custom fields that Chromium's developer tools and Playwright use
// (http://www.softwareishard.com/blog/har-12-spec/). Custom fields begin with an underscore.

/** An HTTP archive: the object that a HAR file contains. */
export interface Har {
  readonly log: HarLog;
}

/** What was recorded, and by which program. */
export interface HarLog {
  /** The version of the format. */
  readonly version: '1.2';
  readonly creator: { readonly name: string; readonly version: string };
  /** None: connections aren't grouped by pages. */
  readonly pages: never[];
  /** The connections, the one that was started first at the beginning. */
  readonly entries: HarEntry[];
}

/** One connection. */
export interface HarEntry {
  /** When the recording started, in ISO 8601. */
  readonly startedDateTime: string;
  /** How long the connection has lasted, in milliseconds: the sum of the timings. */
  readonly time: number;
  readonly request: HarRequest;
  readonly response: HarResponse;
  readonly cache: Record<string, never>;
  readonly timings: HarTimings;
  /** The address of the server, if the URL has one in place of a name. */
  readonly serverIPAddress?: string;
  /** The server's port. */
  readonly connection: string;
  /** What is missing, in sentences. */
  readonly comment?: string;
  readonly _resourceType: 'websocket';
  /** The messages that were kept, in order. */
  readonly _webSocketMessages: HarWebSocketMessage[];
  /** How many messages aren't in {@link _webSocketMessages}, because of a limit of the recording. */
  readonly _droppedMessages?: number;
  /** Their bytes of payload. */
  readonly _droppedBytes?: number;
  /** The name of the transport. */
  readonly _transport?: string;
  /** The parameters of the connection's TLS. */
  readonly _securityDetails?: HarSecurityDetails;
  /** The `close` event. */
  readonly _close?: HarClose;
  /** Why the connection failed. */
  readonly _failure?: { readonly code: string; readonly message: string };
}

/** The opening handshake's request. */
export interface HarRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: HarNameValue[];
  readonly cookies: HarCookie[];
  readonly queryString: HarNameValue[];
  readonly headersSize: number;
  readonly bodySize: number;
  readonly comment?: string;
}

/** The opening handshake's response; its status is 0 if there was none. */
export interface HarResponse {
  readonly status: number;
  readonly statusText: string;
  readonly httpVersion: string;
  readonly headers: HarNameValue[];
  readonly cookies: HarCookie[];
  readonly content: HarContent;
  readonly redirectURL: string;
  readonly headersSize: number;
  readonly bodySize: number;
  readonly comment?: string;
  /** Why the connection failed. */
  readonly _error?: string;
}

/** The body of a response that refused the connection. */
export interface HarContent {
  readonly size: number;
  readonly mimeType: string;
  readonly text?: string;
  readonly encoding?: 'base64';
  readonly comment?: string;
}

/** A header, or a parameter of the URL's query. */
export interface HarNameValue {
  readonly name: string;
  readonly value: string;
}

/** A cookie that was sent, or set by the response. */
export interface HarCookie extends HarNameValue {
  readonly path?: string;
  readonly domain?: string;
  readonly expires?: string;
  readonly httpOnly?: boolean;
  readonly secure?: boolean;
}

/** Milliseconds; -1 for a phase that isn't known, or didn't happen. */
export interface HarTimings {
  /** Waiting for earlier attempts to the same host. */
  readonly blocked: number;
  /** Part of `connect`. */
  readonly dns: -1;
  /** Connecting by the transport, TLS included. */
  readonly connect: number;
  /** Part of `connect`. */
  readonly ssl: -1;
  /** From the connection to the end of the request, with loading the codec. */
  readonly send: number;
  /** For the first byte of the response. */
  readonly wait: number;
  /** From there on: the rest of the response and all messages, until the connection was closed or the entry made. */
  readonly receive: number;
}

/** A message, or with the type `error` and the opcode -1 the reason of a failure. */
export interface HarWebSocketMessage {
  readonly type: 'send' | 'receive' | 'error';
  /** Seconds since the Unix epoch. */
  readonly time: number;
  /** 1 for text, 2 for binary data. */
  readonly opcode: number;
  /** The text, or the bytes in base64. */
  readonly data: string;
  /** Why the data is missing. */
  readonly _comment?: string;
}

/** The members that Playwright records, and more. */
export interface HarSecurityDetails {
  readonly protocol: string;
  readonly cipher?: string;
  readonly keyExchangeGroup?: string;
  readonly resumed?: boolean;
  readonly alpnProtocol?: string;
  readonly subjectName?: string;
  readonly issuer?: string;
  /** In seconds since the Unix epoch. */
  readonly validFrom?: number;
  /** In seconds since the Unix epoch. */
  readonly validTo?: number;
  readonly fingerprint256?: string;
}

/** The members of a `close` event. */
export interface HarClose {
  /** In seconds since the Unix epoch. */
  readonly time: number;
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}
