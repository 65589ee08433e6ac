import { type FaultsRequest, openFaults } from '../../../../infra/local/faults/faults';
import { manualClock } from '../../../support/manual-clock';

const faults = openFaults({ clock: manualClock(0) });
const send = (method: string, path: string, more: Partial<FaultsRequest> = {}) => {
  const { status, headers, body } = faults.handleHttp({
    method,
    path,
    contentType: 'application/json',
    body: '',
    ...more,
  });
  return { status, headers, document: body === '' ? undefined : JSON.parse(body) };
};
const post = (document: unknown) => send('POST', '/_local/faults', { body: JSON.stringify(document) });
const ids = () => send('GET', '/_local/faults').document.items.map(({ id }: { id: string }) => id);

describe('/_local/faults', () => {
  afterEach(() => void send('DELETE', '/_local/faults'));

  it('makes, lists, shows and lifts faults', () => {
    const made = [1, 2, 3].map(() => post({ target: 'events', kind: 'duplicate' }).document.id);

    expect(ids()).toEqual(made);
    expect(send('DELETE', `/_local/faults/${made[1]}`)).toEqual({ status: 204, headers: {}, document: undefined });
    expect(ids()).toEqual([made[0], made[2]]);
    expect(send('DELETE', '/_local/faults').status).toBe(204);
    expect(ids()).toEqual([]);
    expect(faults.strike({ part: 'events' })).toBeUndefined();
  });

  it.each([
    { target: 'function:*', kind: 'crash' },
    { target: 'dynamodb:*orders*', kind: 'error-after', rate: 0.25, count: 3, seed: 42 },
    { target: 'states', kind: 'delay', delayMs: 0 },
    { target: 'sqs:failed', kind: 'timeout-after', delayMs: 900_000 },
    { target: 'servicediscovery', kind: 'timeout-after', rate: 0 },
  ])('takes %o', (fault) => {
    const { status, document } = post(fault);

    expect([status, document]).toEqual([201, expect.objectContaining(fault)]);
  });

  const targets =
    'function:name or one of dynamodb, events, sqs, states, secretsmanager, servicediscovery, narrowed by :name if wanted';
  const kinds = 'one of error-before, error-after, timeout-after, delay, throttle, duplicate, crash';
  it.each<[document: unknown, path: string, message: string]>([
    [[], '', 'must be a JSON object with target and kind, got []'],
    [{ kind: 'throttle' }, 'target', `must be ${targets}, got nothing`],
    [{ target: 's3', kind: 'throttle' }, 'target', `must be ${targets}, got "s3"`],
    [{ target: 'sqs:', kind: 'throttle' }, 'target', `must be ${targets}, got "sqs:"`],
    [{ target: 'function', kind: 'throttle' }, 'target', `must be ${targets}, got "function"`],
    [{ target: 'sqs', kind: 'crash' }, 'target', 'must be a function when kind is crash, got "sqs"'],
    [{ target: 'sqs' }, 'kind', `must be ${kinds}, got nothing`],
    [{ target: 'sqs', kind: 'explode' }, 'kind', `must be ${kinds}, got "explode"`],
    [{ target: 'sqs', kind: 'throttle', rate: 1.5 }, 'rate', 'must be a number from 0 to 1, got 1.5'],
    [{ target: 'sqs', kind: 'throttle', rate: '1' }, 'rate', 'must be a number from 0 to 1, got "1"'],
    [{ target: 'sqs', kind: 'throttle', count: 0 }, 'count', 'must be a positive integer, got 0'],
    [{ target: 'sqs', kind: 'throttle', seed: -1 }, 'seed', 'must be an integer from 0 to 4294967295, got -1'],
    [{ target: 'sqs', kind: 'delay' }, 'delayMs', 'must be an integer from 0 to 900000, got nothing'],
    [{ target: 'sqs', kind: 'delay', delayMs: 900_001 }, 'delayMs', 'must be an integer from 0 to 900000, got 900001'],
    [
      { target: 'sqs', kind: 'throttle', delayMs: 1 },
      'delayMs',
      'must be absent unless kind is delay or timeout-after, got 1',
    ],
    [
      { target: 'sqs', kind: 'throttle', times: 1 },
      'times',
      'is not known; allowed are target, kind, rate, count, delayMs, seed',
    ],
  ])('refuses %j: %s', (document, path, message) => {
    const answer = post(document);

    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.document).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      code: 'INVALID_REQUEST',
      detail: `${path || 'the body'} ${message}`,
      errors: [{ path, message }],
    });
    expect(ids()).toEqual([]);
  });

  it('tells every problem of a fault at once', () => {
    const { document } = post({ target: 'sqs', kind: 'explode', rate: 2, count: 0 });

    expect(document.errors.map(({ path }: { path: string }) => path)).toEqual(['kind', 'rate', 'count']);
  });

  it.each<[method: string, path: string, more: Partial<FaultsRequest>, status: number, headers: object]>([
    ['POST', '/_local/faults', { body: '{' }, 400, {}],
    ['POST', '/_local/faults', { contentType: 'application/x-www-form-urlencoded' }, 415, {}],
    ['POST', '/_local/faults', { contentType: 'application/jsonp' }, 415, {}],
    ['PUT', '/_local/faults', {}, 405, { allow: 'POST, GET, DELETE' }],
    ['GET', '/_local/faults/fault-0', {}, 404, {}],
    ['DELETE', '/_local/faults/fault-0', {}, 404, {}],
    ['GET', '/_local/faults/', {}, 404, {}],
  ])('answers %s %s %j with %s', (method, path, more, status, headers) => {
    const answer = send(method, path, more);

    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json', ...headers },
      document: { status, title: expect.any(String), detail: expect.any(String), code: expect.any(String) },
    });
  });

  it('takes JSON with a character set, and refuses to change a fault', () => {
    const more = { contentType: 'Application/JSON; charset=utf-8', body: '{"target":"sqs","kind":"throttle"}' };
    const { status, headers } = send('POST', '/_local/faults', more);

    expect(status).toBe(201);
    expect(send('PATCH', headers.location ?? '')).toMatchObject({ status: 405, headers: { allow: 'GET, DELETE' } });
  });
});
