import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../infra/synthesize';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { describeEnd, describeStep } from './describe';
import { ORDERS_OF_OUTAGE, playOutage } from './outage';
import { differences, play } from './play';
import { carrierOutage, demoStories } from './stories';

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
  let orders = 0;
  for (const story of demoStories) {
    orders += 1;
    console.log(`order ${orders}: ${story.title}`);
    const played = await play(story, SKU, system, (step) => console.log(`    ${describeStep(step)}`));
    console.log(`  ${describeEnd(played)}\n`);
    problems += report(differences(story, played));
    if (story.title === carrierOutage.comesAfter) {
      console.log(`orders ${orders + 1} to ${orders + ORDERS_OF_OUTAGE}: ${carrierOutage.title}`);
      orders += ORDERS_OF_OUTAGE;
      problems += report((await playOutage(SKU, system, { tell: (line) => console.log(`    ${line}`) })).differences);
      console.log();
    }
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

function report(found: readonly string[]): number {
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
