// tcp passes the contract.
import * as exports from '../package/support/installed.js';
import { testTransport } from './contract/index.js';

testTransport({ name: 'tcp', exports, lacks: ['sendsAfterEnd'], make: ({ tcp }) => tcp });
