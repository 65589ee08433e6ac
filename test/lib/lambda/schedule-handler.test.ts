import type { Context } from 'aws-lambda';
import { scheduleHandler } from '../../../lib/lambda/schedule-handler';

const run = (job: Parameters<typeof scheduleHandler>[0]) => scheduleHandler(job)({}, {} as Context);

describe('a handler of a schedule', () => {
  const lines: Array<Record<string, unknown>> = [];

  beforeEach(() => {
    lines.length = 0;
    const keep = (line: unknown) => void lines.push(JSON.parse(String(line)));
    jest.spyOn(console, 'info').mockImplementation(keep);
    jest.spyOn(console, 'error').mockImplementation(keep);
  });

  afterEach(() => jest.restoreAllMocks());

  it('runs the job once and logs what it did, by kind', async () => {
    const job = jest.fn(async () => ({ looked: 7, repaired: 2 }));

    await run(job);

    expect(job).toHaveBeenCalledTimes(1);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'info', message: 'job done', counts: { looked: 7, repaired: 2 } }),
    ]);
  });

  it('answers nothing: nobody waits for it', async () => {
    expect(await run(async () => ({ looked: 1 }))).toBeUndefined();
  });

  it('fails with the job, so that the failure is counted, and logs why', async () => {
    await expect(run(() => Promise.reject(new Error('the index is gone')))).rejects.toThrow('the index is gone');

    expect(lines).toMatchObject([{ level: 'error', message: 'job failed', error: { message: 'the index is gone' } }]);
  });
});
