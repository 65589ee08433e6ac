import '../../../support/environment';
import * as v from 'valibot';
import { gateway } from '../../../../functions/gateway/contract';
import { getHealth } from '../../../../functions/gateway/handlers/get-health';
import type { CallService } from '../../../../lib/mesh/aws-lambda-call';

const { answers } = gateway.handlers['get-health'].trigger.routes[0];

const STATES = [
  { name: 'payments-provider', state: 'OPEN' },
  { name: 'shipping-carrier', state: 'CLOSED' },
];

/** Plays the services, of which those named, or one operation of theirs, are sick; remembers the calls. */
function playServices(...sick: string[]) {
  const calls: Array<{ operation: string; timeoutMs: number }> = [];
  const call: CallService = async (ref, _, { timeoutMs }) => {
    const operation = `${ref.service}/${ref.handler}`;
    calls.push({ operation, timeoutMs });
    if (sick.includes(ref.service) || sick.includes(operation)) throw new Error(`${operation} is sick`);
    return (ref.handler === 'list-states' ? { items: STATES } : {}) as never;
  };
  return { call, calls };
}

describe('the health of the system', () => {
  let warned: jest.SpyInstance;

  beforeEach(() => {
    warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });

  afterEach(() => jest.restoreAllMocks());

  it('is good when every service is well, though a circuit be open', async () => {
    const { status, body } = await getHealth(playServices().call)();

    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'HEALTHY',
      services: ['orders', 'inventory', 'payments', 'shipping', 'tasks', 'notifications', 'circuits'].map((name) => ({
        name,
        status: 'HEALTHY',
      })),
      circuits: STATES,
    });
    expect(v.is(answers[200].body, body)).toBe(true);
  });

  it.each([[['payments']], [['orders', 'shipping']]])('is bad when %j are sick, and says which', async (sick) => {
    const { status, body } = await getHealth(playServices(...sick).call)();

    expect(status).toBe(503);
    const { services } = v.parse(answers[503].body, body);
    expect(services.filter((one) => one.status === 'UNHEALTHY').map(({ name }) => name)).toEqual(sick);
    expect(services).toHaveLength(7);
    expect(warned.mock.calls.map(([line]) => JSON.parse(line).operation)).toEqual(sick.map((name) => `${name}/health`));
  });

  it.each([['circuits/list-states'], ['circuits']])(
    'is bad when the circuits cannot be told because of %s, and leaves them out',
    async (sick) => {
      const { status, body } = await getHealth(playServices(sick).call)();

      expect(status).toBe(503);
      const { services, circuits } = v.parse(answers[503].body, body);
      expect(services.filter((one) => one.status === 'UNHEALTHY').map(({ name }) => name)).toEqual(['circuits']);
      expect(circuits).toBeUndefined();
    },
  );

  it('is bad when the table of circuits does not answer, and still tells the circuits that it has', async () => {
    const { status, body } = await getHealth(playServices('circuits/health').call)();

    expect(status).toBe(503);
    expect(v.parse(answers[503].body, body).circuits).toEqual(STATES);
  });

  it('asks exactly the operations that its contract may call, within its own time limit', async () => {
    const { call, calls } = playServices();

    await getHealth(call)();

    expect(calls.map(({ operation }) => operation)).toEqual(gateway.handlers['get-health'].calls);
    for (const { timeoutMs } of calls) {
      expect(timeoutMs).toBeLessThan(gateway.handlers['get-health'].timeoutSeconds * 1000);
    }
  });

  it('asks all of them at once', async () => {
    const { call, calls } = playServices();
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const slow: CallService = async (...question) => {
      const output = call(...question);
      await held;
      return output as never;
    };

    const health = getHealth(slow)();

    expect(calls).toHaveLength(8);
    answer();
    await expect(health).resolves.toMatchObject({ status: 200 });
  });
});
