// The package in Node: with `tcp`, which is the default there.
import { configure } from './configure.ts';
import { tcp } from './transports/tcp.ts';

export * from './index.ts';
export { tcp };

configure({ transport: tcp });
