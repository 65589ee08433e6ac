import '../../../support/environment';
import * as v from 'valibot';
import { gateway } from '../../../../functions/gateway/contract';
import { getHealth } from '../../../../functions/gateway/handlers/get-health';
import type { CallService } from '../../../../lib/mesh/aws-lambda-call';

const { answers } = gateway.handlers['get-health'].trigger.routes[0];

/** Plays the services, of which those named are sick; remembers the calls. */
function playServices(...sick: string[]) {
  const calls: Array<{ operation: string; timeoutMs: number }> = [];
  const call: CallService = async (ref, _, { timeoutMs }) => {
    calls.push({ operation: `${ref.service}/${ref.handler}`, timeoutMs });
    if (sick.includes(ref.service)) throw new Error(`${ref.service} is sick`);
    return {} as never;
  };
  return { call, calls };
}

describe('the health of the system', () => {
  let warned: jest.SpyInstance;

  beforeEach(() => {
    warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });

  afterEach(() => jest.restoreAllMocks());

  it('is good when every service is well', async () => {
    const { status, body } = await getHealth(playServices().call)();

    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'HEALTHY',
      services: ['orders', 'inventory', 'payments', 'shipping', 'tasks', 'notifications'].map((name) => ({
        name,
        status: 'HEALTHY',
      })),
    });
    expect(v.is(answers[200].body, body)).toBe(true);
  });

  it.each([[['payments']], [['orders', 'shipping']]])('is bad when %j are sick, and says which', async (sick) => {
    const { status, body } = await getHealth(playServices(...sick).call)();

    expect(status).toBe(503);
    const { services } = v.parse(answers[503].body, body);
    expect(services.filter((one) => one.status === 'UNHEALTHY').map(({ name }) => name)).toEqual(sick);
    expect(services).toHaveLength(6);
    expect(warned.mock.calls.map(([line]) => JSON.parse(line).operation)).toEqual(sick.map((name) => `${name}/health`));
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

    expect(calls).toHaveLength(6);
    answer();
    await expect(health).resolves.toMatchObject({ status: 200 });
  });
});
