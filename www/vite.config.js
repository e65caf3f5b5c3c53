// Serves the page during development (`npm start`), and builds it for any static server (`npx vite build www`).
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  cacheDir: fileURLToPath(new URL('../node_modules/.vite-www', import.meta.url)),
  resolve: { alias: { 'websocket-wasm': fileURLToPath(new URL('../dist/browser.js', import.meta.url)) } },
  server: { fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] } },
});
