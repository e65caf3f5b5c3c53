// What scripts/build.js puts in the place of `#wasm`.
declare module '#wasm' {
  /** `websocket_wasm.wasm`, each byte a character. */
  const text: string;
  export default text;
}
