import middy from '@middy/core';
import { log } from '../observability/log';
import { traced } from './traced';

/** Makes a use case a job that a schedule runs. What it answers is logged; what it throws fails the run, and the next one goes on. */
export function scheduleHandler(job: () => Promise<Readonly<Record<string, number>>>) {
  const run = middy(
    async () => {
      log('info', 'job done', { counts: await job() });
    },
    { timeoutEarlyInMillis: 0 },
  ).use({
    onError: ({ error }: middy.Request) => log('error', 'job failed', { error }),
  });
  return traced(() => ({ name: 'job' }), run);
}
