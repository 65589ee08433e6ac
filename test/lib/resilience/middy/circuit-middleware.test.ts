import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { CircuitOpenError } from '../../../../lib/circuit-breaker/circuit-errors';
import { circuitMiddleware } from '../../../../lib/resilience/middy/circuit-middleware';
import type { PolicyCircuit } from '../../../../lib/resilience/policy';
import { fakeCircuit } from '../fake-circuit';

const context = {} as Context;
const boom = new Error('boom');

/** A handler that throws what its event is told to throw. */
function behind(circuit: PolicyCircuit) {
  const work = jest.fn(async ({ fail }: { fail: boolean }) => {
    if (fail) throw boom;
    return 'done';
  });
  return { work, invoke: middy(work, { timeoutEarlyInMillis: 0 }).use(circuitMiddleware(circuit)) };
}

describe('a handler behind a circuit', () => {
  it('tells the circuit of each end, once', async () => {
    const { circuit, verdicts } = fakeCircuit();
    const { invoke } = behind(circuit);

    await expect(invoke({ fail: false }, context)).resolves.toBe('done');
    await expect(invoke({ fail: true }, context)).rejects.toBe(boom);

    expect(verdicts).toEqual(['success', 'failure']);
  });

  it('is not called while the circuit is open, and none of 50 refusals counts as a failure', async () => {
    const { circuit, verdicts, close } = fakeCircuit(1);
    const { invoke, work } = behind(circuit);
    await expect(invoke({ fail: true }, context)).rejects.toBe(boom);

    for (let call = 0; call < 50; call += 1) {
      await expect(invoke({ fail: false }, context)).rejects.toBeInstanceOf(CircuitOpenError);
    }
    expect(work).toHaveBeenCalledTimes(1);
    expect(verdicts).toEqual(['failure']);

    close();
    await expect(invoke({ fail: false }, context)).resolves.toBe('done');
  });

  it('counts nothing when an earlier middleware has refused the event', async () => {
    const { circuit, verdicts } = fakeCircuit();
    const refuse = {
      before: () => {
        throw boom;
      },
    };
    const invoke = middy(async () => 'done', { timeoutEarlyInMillis: 0 }).use([refuse, circuitMiddleware(circuit)]);

    await expect(invoke({}, context)).rejects.toBe(boom);
    expect(verdicts).toEqual([]);
  });

  it('stays a success when something goes wrong after it', async () => {
    const { circuit, verdicts } = fakeCircuit();
    const breaks = {
      after: () => {
        throw boom;
      },
    };
    const invoke = middy(async () => 'done', { timeoutEarlyInMillis: 0 }).use([breaks, circuitMiddleware(circuit)]);

    await expect(invoke({}, context)).rejects.toBe(boom);
    expect(verdicts).toEqual(['success']);
  });

  it('ends only when the circuit has dealt with the failure, before the process may be frozen', async () => {
    const order: string[] = [];
    const circuit: PolicyCircuit = {
      execute: async (work) => {
        try {
          return await work();
        } catch (error) {
          await new Promise((resolve) => setImmediate(resolve));
          order.push('reported');
          throw error;
        }
      },
    };

    await behind(circuit)
      .invoke({ fail: true }, context)
      .catch(() => order.push('ended'));

    expect(order).toEqual(['reported', 'ended']);
  });

  it('shows the circuit what was answered and what was thrown, for its judge', async () => {
    const seen: unknown[] = [];
    const circuit: PolicyCircuit = {
      execute: (work) =>
        work().then(
          (value) => {
            seen.push({ value });
            return value;
          },
          (error) => {
            seen.push({ error });
            throw error;
          },
        ),
    };
    const { invoke } = behind(circuit);

    await invoke({ fail: false }, context);
    await invoke({ fail: true }, context).catch(() => undefined);

    expect(seen).toEqual([{ value: 'done' }, { error: boom }]);
  });

  it('keeps 200 overlapping invocations apart', async () => {
    const { circuit, verdicts } = fakeCircuit();
    const { invoke } = behind(circuit);

    const ends = await Promise.allSettled(
      Array.from({ length: 200 }, (_, call) => invoke({ fail: call % 4 === 0 }, context)),
    );

    expect(ends.map(({ status }) => status)).toEqual(
      ends.map((_, call) => (call % 4 === 0 ? 'rejected' : 'fulfilled')),
    );
    expect(verdicts.filter((verdict) => verdict === 'failure')).toHaveLength(50);
    expect(verdicts).toHaveLength(200);
  });

  it('works with a circuit that decides at once', async () => {
    const { invoke } = behind({ execute: (work) => work() });

    await expect(invoke({ fail: false }, context)).resolves.toBe('done');
    await expect(invoke({ fail: true }, context)).rejects.toBe(boom);
  });
});
