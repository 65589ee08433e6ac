const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Reports what the policies of the product grant and no test uses: granted − used, which must be empty but for what is listed
 * with a reason. A run of some tests only says nothing. An entry of the list that is used after all fails the run too.
 */
module.exports = class GrantsReporter {
  constructor(globalConfig, { unusedGrants }) {
    this.isWholeRun =
      globalConfig.runTestsByPath !== true && !globalConfig.testNamePattern && isEverything(globalConfig);
    this.expected = JSON.parse(readFileSync(join(globalConfig.rootDir, unusedGrants), 'utf8'));
  }

  onRunComplete(_contexts, results) {
    if (!this.isWholeRun || results.wasInterrupted) return;
    const { granted, used } = readGrants();
    const matches = (grant, { grant: pattern }) => new RegExp(pattern).test(grant);
    const unused = [...granted].filter((grant) => !used.has(grant));
    const unexplained = unused.filter((grant) => !this.expected.some((entry) => matches(grant, entry)));
    const stale = this.expected.filter((entry) => !unused.some((grant) => matches(grant, entry)));

    const explained = unused.length - unexplained.length;
    console.log(
      `\nGranted − used: ${unexplained.length} of ${granted.size} grants (and ${explained} listed with a reason)`,
    );
    for (const grant of unexplained) console.log(`  granted, and used by no test: ${grant}`);
    for (const { grant } of stale) console.log(`  listed as unused, but used or not granted: ${grant}`);
    if (granted.size === 0) console.log('  no test has recorded its grants');
    if (granted.size > 0 && unexplained.length + stale.length === 0) return;
    results.numFailedTests += 1;
    results.success = false;
    this.error = new Error('granted − used is not empty');
  }

  getLastError() {
    return this.error;
  }
};

function isEverything({ testPathPatterns, testPathPattern }) {
  const patterns = testPathPatterns?.patterns ?? [testPathPattern].filter(Boolean);
  return patterns.length === 0;
}

/** What the systems under test have recorded: see record-grants.ts. */
function readGrants() {
  const directory = join(process.env.HOLDFAST_TEST_ASSEMBLIES ?? '', 'grants');
  const granted = new Set();
  const used = new Set();
  for (const file of existsSync(directory) ? readdirSync(directory) : []) {
    const record = JSON.parse(readFileSync(join(directory, file), 'utf8'));
    for (const grant of record.granted) granted.add(grant);
    for (const grant of record.used) used.add(grant);
  }
  return { granted, used };
}
