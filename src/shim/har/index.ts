// The exports of `websocket-wasm/har`.
export type {
  Har,
  HarClose,
  HarContent,
  HarCookie,
  HarEntry,
  HarLog,
  HarNameValue,
  HarRequest,
  HarResponse,
  HarSecurityDetails,
  HarTimings,
  HarWebSocketMessage,
} from './format.ts';
export { harOf } from './log.ts';
export { type ArchivedMessage, messagesOf } from './messages-of.ts';
export { type ExportOptions, type Recorder, type RecordOptions, recordOf } from './recorder.ts';
