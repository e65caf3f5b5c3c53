// directSockets passes the contract, in an Isolated Web App in Chromium.
import { openIsolatedApp } from '../support/browsers/isolated-app.js';
import { testTransport } from './contract/index.js';

testTransport({
  name: 'directSockets',
  page: { open: openIsolatedApp },
  // Chromium sends no end of one direction alone.
  lacks: ['halfClose'],
  make: ({ directSockets }) => directSockets(),
});
