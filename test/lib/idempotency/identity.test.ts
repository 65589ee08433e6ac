import {
  identityOfCommand,
  identityOfEvent,
  identityOfRequest,
  requireSameRequest,
} from '../../../lib/idempotency/identity';

const REQUEST = { customerId: 'alice', idempotencyKey: 'key-1', path: {}, query: {}, body: { a: 1, b: 2 } };

describe('the identity of a request', () => {
  it('is the same for a repeat, whatever the order of the members of its body', () => {
    const repeat = { ...REQUEST, body: { b: 2, a: 1 } };

    expect(identityOfRequest('createTask', repeat)).toEqual(identityOfRequest('createTask', REQUEST));
  });

  it.each([
    ['another caller', 'createTask', { ...REQUEST, customerId: 'bob' }],
    ['another key', 'createTask', { ...REQUEST, idempotencyKey: 'key-2' }],
    ['another route', 'createOrder', REQUEST],
  ])('is another one for %s', (_, route, request) => {
    expect(identityOfRequest(route, request).id).not.toBe(identityOfRequest('createTask', REQUEST).id);
  });

  it.each([
    ['body', { ...REQUEST, body: { a: 1, b: 3 } }],
    ['path', { ...REQUEST, path: { taskId: 't' } }],
    ['query', { ...REQUEST, query: { limit: 1 } }],
  ])('has the same id and another fingerprint for another %s', (_, request) => {
    const [first, second] = [REQUEST, request].map((each) => identityOfRequest('createTask', each));

    expect(second?.id).toBe(first?.id);
    expect(second?.fingerprint).not.toBe(first?.fingerprint);
  });

  it('shows nothing of what it is made of', () => {
    expect(identityOfRequest('createTask', REQUEST).id).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the identity of a command', () => {
  it('is its key, and its arguments are what it asks for', () => {
    const first = identityOfCommand({ idempotencyKey: 'ord_1/Charge', arguments: { cents: 1 } });
    const other = identityOfCommand({ idempotencyKey: 'ord_1/Charge', arguments: { cents: 2 } });

    expect(other.id).toBe(first.id);
    expect(other.fingerprint).not.toBe(first.fingerprint);
    expect(identityOfCommand({ idempotencyKey: 'ord_1/Refund', arguments: { cents: 1 } }).id).not.toBe(first.id);
  });
});

describe('the identity of an event', () => {
  it('is another one at each consumer', () => {
    expect(identityOfEvent('on-order-confirmed', 'e1')).toEqual(identityOfEvent('on-order-confirmed', 'e1'));
    expect(identityOfEvent('on-order-confirmed', 'e1').id).not.toBe(identityOfEvent('on-order-rejected', 'e1').id);
    expect(identityOfEvent('on-order-confirmed', 'e1').id).not.toBe(identityOfEvent('on-order-confirmed', 'e2').id);
  });
});

describe('a key that is used again', () => {
  it('may ask for the same, and for nothing else', () => {
    expect(() => requireSameRequest('a', 'a')).not.toThrow();
    expect(() => requireSameRequest('a', 'b')).toThrow(expect.objectContaining({ status: 422 }));
    expect(() => requireSameRequest(undefined, 'b')).toThrow(expect.objectContaining({ status: 422 }));
  });
});
