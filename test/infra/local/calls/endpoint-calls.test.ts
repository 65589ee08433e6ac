import { AwsError } from '../../../../infra/local/aws-error';
import { guardHandlers } from '../../../../infra/local/calls/endpoint-calls';
import { openGate } from '../../../../infra/local/calls/gate';
import type { EndpointHandlers } from '../../../../infra/local/endpoint/endpoint';
import { openFaults } from '../../../../infra/local/faults/faults';
import type { Access } from '../../../../infra/local/iam/access';
import { manualClock } from '../../../support/manual-clock';

const ROLE = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/f', sessionName: 'f' } as const;
const CALLER = { accessKeyId: 'ASIA', sessionToken: 'session-1' };
const PLACE = { region: 'us-east-1', accountId: '000000000000' };

/** Handlers behind the gate, with what they were asked and what IAM was asked. */
function aGuard({ allow = true, diesAtCall = Number.POSITIVE_INFINITY } = {}) {
  const clock = manualClock(0);
  const asked: string[] = [];
  const needed: string[] = [];
  const faults = openFaults({ clock });
  const access = {
    check: ({ action, resource }: { action: string; resource: string }) => {
      needed.push(`${action} ${resource}`);
      if (!allow) throw new AwsError('AccessDeniedException', 'no');
    },
  } as Partial<Access> as Access;
  const answer = async (operation: string) => {
    asked.push(operation);
    return { done: operation };
  };
  const handlers: EndpointHandlers = {
    json: { DynamoDB_20120810: answer, AWSEvents: answer },
    query: { sts: () => ({ status: 200, xml: '<ok/>' }) },
    rest: [
      { pathPrefix: '/2015-03-31/', handle: async () => ({ status: 200 }) },
      { pathPrefix: '/_local/faults', handle: async () => ({ status: 204 }) },
    ],
  };
  let calls = 0;
  const guarded = guardHandlers(handlers, {
    clock,
    gate: openGate({ access, faults, clock }),
    sources: {
      ...PLACE,
      secretArn: (id) => id,
      streamArnOf: () => '*',
      partitionKeyOf: () => 'id',
      sourceQueueArns: () => [],
    },
    principalOf: ({ accessKeyId }) => (accessKeyId === 'ASIA' ? ROLE : { kind: 'account' }),
    noteCall: () => {
      calls += 1;
      return calls >= diesAtCall;
    },
  });
  const fault = (settings: object) =>
    faults.handleHttp({
      method: 'POST',
      path: '/_local/faults',
      contentType: 'application/json',
      body: JSON.stringify(settings),
    });
  const put = (caller: object = CALLER) =>
    guarded.json.DynamoDB_20120810?.('PutItem', { TableName: 'things' }, caller) as Promise<unknown>;
  return { guarded, put, fault, asked, needed, clock };
}

/** Whether a promise is still open once everything that is due has run. */
async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  const turn = new Promise((resolve) => setImmediate(() => resolve(open)));
  return (await Promise.race([promise.catch(() => undefined), turn])) === open;
}

describe('the guard of the endpoint', () => {
  it('asks IAM for what the operation needs, then lets it through', async () => {
    const { put, needed } = aGuard();

    expect(await put()).toEqual({ done: 'PutItem' });
    expect(needed).toEqual(['dynamodb:PutItem arn:aws:dynamodb:us-east-1:000000000000:table/things']);
  });

  it('keeps a denied call from its service', async () => {
    const { put, asked } = aGuard({ allow: false });

    await expect(put()).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(asked).toEqual([]);
  });

  it('asks IAM for nothing that the account itself does, and nothing of its own paths', async () => {
    const { put, guarded, needed } = aGuard({ allow: false });
    const request = { method: 'GET', path: '/_local/faults', rawQuery: '', headers: {}, body: Buffer.from('') };

    expect(await put({ accessKeyId: 'test' })).toEqual({ done: 'PutItem' });
    expect(await guarded.rest[1]?.handle(request, CALLER)).toEqual({ status: 204 });
    expect(needed).toEqual([]);
  });

  it.each([
    ['error-before', { code: 'InternalServerError', status: 500 }, 0],
    ['error-after', { code: 'InternalServerError', status: 500 }, 1],
    ['throttle', { code: 'ThrottlingException', status: 400 }, 0],
  ])('fails a call that %s strikes', async (kind, error, times) => {
    const { put, fault, asked } = aGuard();
    fault({ target: 'dynamodb:things', kind });

    await expect(put()).rejects.toMatchObject(error);
    expect(asked).toHaveLength(times);
  });

  it('never answers a call whose reply is lost', async () => {
    const { put, fault, asked } = aGuard();
    fault({ target: 'dynamodb', kind: 'timeout-after' });

    expect(await isOpen(put())).toBe(true);
    expect(asked).toEqual(['PutItem']);
  });

  it('cuts its connection when the fault says after how long', async () => {
    const { put, fault, clock } = aGuard();
    fault({ target: 'dynamodb', kind: 'timeout-after', delayMs: 500 });

    const cut = expect(put()).rejects.toMatchObject({ name: 'ConnectionCutError' });
    await clock.advance(500);

    await cut;
  });

  it('throttles the entries of PutEvents one by one', async () => {
    const { guarded, fault, asked } = aGuard();
    fault({ target: 'events', kind: 'throttle' });
    const entry = { Source: 's', DetailType: 't', Detail: '{}' };

    expect(await guarded.json.AWSEvents?.('PutEvents', { Entries: [entry, entry] }, CALLER)).toMatchObject({
      FailedEntryCount: 2,
      Entries: [{ ErrorCode: 'ThrottlingException' }, { ErrorCode: 'ThrottlingException' }],
    });
    expect(asked).toEqual([]);
  });

  it('answers nobody who died of the call', async () => {
    const { put, asked } = aGuard({ diesAtCall: 2 });

    expect(await put()).toEqual({ done: 'PutItem' });
    expect(await isOpen(put())).toBe(true);
    expect(asked).toEqual(['PutItem', 'PutItem']);
  });
});
