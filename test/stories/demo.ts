import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../infra/synthesize';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import type { TimelineStep } from '../support/saga-timeline';
import { differences, type Played, play } from './play';
import { demoStories, type Story } from './stories';

const SKU = 'MUG-01';

/** `npm run demo`: plays the stories on a system of its own, and checks the books. Exit code 1 on any difference. */
async function main(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
  try {
    console.log('synthesizing the system and starting it here …\n');
    const assemblyDirectory = join(directory, 'cdk.out');
    await synthesize(assemblyDirectory);
    const system = await startLocalSystem({ assemblyDirectory });
    try {
      return await tell(system);
    } finally {
      await system.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function tell(system: LocalSystem): Promise<number> {
  await system.api.putStock(SKU, 100);
  let problems = 0;
  for (const [index, story] of demoStories.entries()) {
    console.log(`order ${index + 1}: ${story.title}`);
    const played = await play(story, SKU, system, (step) => console.log(`    ${describeStep(step)}`));
    console.log(`  ${describeEnd(played)}`);
    problems += report(story, played);
  }
  const { ok, violations, counts } = await system.audit();
  for (const { invariant, subject, detail } of violations) console.log(`VIOLATION ${invariant}: ${subject} ${detail}`);
  const { onHand, reserved, available } = await system.api.stockOf(SKU);
  console.log(`checked: ${counts.orders} orders, ${counts.charges} charges, ${counts.parcels} parcels;`);
  console.log(
    `         money and parcels belong to confirmed orders only; stock ${onHand} = ${available} available + ${reserved} reserved`,
  );
  console.log(ok && problems === 0 ? 'everything adds up' : `${violations.length + problems} things do not add up`);
  return ok && problems === 0 ? 0 : 1;
}

function describeStep({ name, outcome, error, attempts }: TimelineStep): string {
  const tries = attempts > 1 ? ` (${attempts} attempts)` : '';
  return `${name.padEnd(16)} ${outcome === 'ok' ? 'ok' : `FAILED ${error}`}${tries}`;
}

function describeEnd({ order, payment, shipment }: Played): string {
  const why = order.rejection ? ` ${order.rejection.code}: ${order.rejection.detail}` : '';
  return `${order.status}${why}   payment ${payment ?? 'none'}, shipment ${shipment ?? 'none'}\n`;
}

function report(story: Story, played: Played): number {
  const found = differences(story, played);
  for (const line of found) console.log(`  NOT AS IT SHOULD BE  ${line}`);
  return found.length;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
