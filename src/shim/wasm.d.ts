// What scripts/build.js puts in the place of `#wasm`.
declare module '#wasm' {
  /** `websocket_wasm.wasm` in base64. */
  const base64: string;
  export default base64;
}
