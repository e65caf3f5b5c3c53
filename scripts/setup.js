// `node scripts/setup.js [--tests]`: the set-up alone, for who wants it without the run.
import { fail } from './run.js';
import { setupBuild, setupTests } from './setup/index.js';

await (process.argv.includes('--tests') ? setupTests() : setupBuild()).catch(fail);
