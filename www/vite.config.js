// Serves the page during development (`npm start`), and builds it for any static server (`npx vite build www`).
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const dist = (file) => fileURLToPath(new URL(`../dist/${file}`, import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  cacheDir: fileURLToPath(new URL('../node_modules/.vite-www', import.meta.url)),
  resolve: {
    alias: {
      'websocket-wasm/har': dist('har.js'),
      'websocket-wasm/transports': dist('transports.js'),
      'websocket-wasm': dist('browser.js'),
    },
  },
  server: { fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] } },
});
