import { parseArgs } from 'node:util';
import { audit } from './audit';
import { readBooks } from './aws-books';

/** `npm run audit -- [--endpoint URL] [--stage dev] [--json]`: exit code 1 on a violation, 2 when it cannot be told. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { endpoint: { type: 'string' }, stage: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const { endpoint, stage, json } = values;
  const books = await readBooks({ ...(endpoint !== undefined && { endpoint }), ...(stage !== undefined && { stage }) });
  const report = audit(books, Date.now());
  console.log(json ? JSON.stringify(report) : JSON.stringify(report, undefined, 2));
  return report.ok ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(`the audit could not be made: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 2;
  },
);
