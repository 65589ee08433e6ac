import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildApp } from '../../infra/app';
import { ASSEMBLY_CONTEXTS, PROBE } from './assembly';
import { buildProbeApp } from './probe-app';

/**
 * A program: synthesizes every assembly of {@link ASSEMBLY_CONTEXTS} into a directory of its own below the one that it is
 * given. One process for all, because loading the CDK and its validation takes longer than using them.
 */
const [root = ''] = process.argv.slice(2);

// The command line of the CDK hands this over; without it the tests could look at another template than the deployed one.
const { context } = JSON.parse(readFileSync(resolve(__dirname, '../../cdk.json'), 'utf8'));

for (const [kind, settings] of Object.entries(ASSEMBLY_CONTEXTS)) {
  buildApp({ outdir: join(root, kind), context: { ...context, ...settings } }).synth();
}
buildProbeApp(join(root, PROBE)).synth();
