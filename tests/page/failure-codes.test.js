// The failure codes that only a page reaches. tests/package/failure-codes.test.js compares the codes of all cases with the table.
import assert from 'node:assert/strict';
import { testInBrowsers } from '../support/browsers/tests.js';
import { PAGE_FAILURES } from '../support/page-failures.js';
import { pagesWithEcho } from '../support/page-servers.js';

const servers = pagesWithEcho(() => [{ '/elsewhere': { html: 'elsewhere' } }]);

for (const [code, reach] of Object.entries(PAGE_FAILURES)) {
  testInBrowsers(['chromium'], `${code} is reached`, async (page) => {
    assert.equal(await reach(page, servers), code);
  });
}
