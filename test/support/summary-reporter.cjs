const { writeSync } = require('node:fs');

/** Ends the run with one plain line that scripts can read: `N passed, N failed`. A suite that could not run counts as failed. */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    // Jest's own summary comes after the reporters.
    process.once('exit', () => writeSync(2, `\n${results.numPassedTests} passed, ${failed} failed\n`));
  }
};
