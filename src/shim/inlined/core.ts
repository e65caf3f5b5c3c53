// The wasm file inside the module, as text: no loader, no request, no `await`. Importing this loads the core.
import bytes from '#wasm';
import { loadSync } from '../wasm/load.ts';

loadSync(bytes());
