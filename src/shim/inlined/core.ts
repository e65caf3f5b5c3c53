// The core's wasm inside the module, as text: no loader, no request, no `await`. Importing this module loads the core.
import bytes from '#wasm';
import { loadSync } from '../wasm/load.ts';

loadSync(bytes());
