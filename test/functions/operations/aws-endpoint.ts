import { AwsError } from '../../../infra/local/aws-error';
import { type JsonHandler, openEndpoint } from '../../../infra/local/endpoint/endpoint';
import { fastClock } from '../../support/fast-clock';

type Room = { handle: (operation: string, body: Record<string, unknown>) => Promise<Record<string, unknown>> };

/** What can go wrong with a request: refused with an internal error or another one, or carried out without an answer. */
type Fate = 'refused' | 'reply lost' | AwsError;

/**
 * The AWS endpoint before rooms of the local cloud, by the prefix of their protocol; functions find it by the environment. Requests
 * can be made to go wrong, and something can be made to happen just before one.
 */
export async function openAwsEndpoint(rooms: Readonly<Record<string, () => Room>>, home: Place) {
  const fates = new Map<string, { fate: Fate; isMeant: (body: object) => boolean }>();
  const before = new Map<string, () => Promise<unknown>>();
  const asked: string[] = [];
  const answerFor =
    (room: () => Room): JsonHandler =>
    async (operation, body) => {
      asked.push(operation);
      const first = before.get(operation);
      before.delete(operation);
      await first?.();
      const { fate, isMeant = () => false } = fates.get(operation) ?? {};
      if (!isMeant(body)) return room().handle(operation, body);
      if (fate === 'reply lost') await room().handle(operation, body);
      throw fate instanceof AwsError ? fate : new AwsError('InternalFailure', 'so the test wants it', 500);
    };
  const endpoint = await openEndpoint({
    port: 0,
    portFlag: '--aws-port',
    home,
    clock: fastClock(20),
    onError: (error) => {
      throw error;
    },
  });
  const json = Object.fromEntries(Object.entries(rooms).map(([prefix, room]) => [prefix, answerFor(room)]));
  endpoint.attach({ json, query: {}, rest: [] });
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${endpoint.port}`;
  return {
    /** The operations so far. */
    asked,
    /** From now on, an operation goes wrong; only requests with this text in them, if it is given. */
    fail: (operation: string, fate: Fate, text = '') =>
      fates.set(operation, { fate, isMeant: (body) => JSON.stringify(body).includes(text) }),
    /** Lets something happen before the next request of the operation is carried out. */
    before: (operation: string, run: () => Promise<unknown>) => before.set(operation, run),
    close: async () => {
      delete process.env.AWS_ENDPOINT_URL;
      await endpoint.close();
    },
  };
}

interface Place {
  readonly region: string;
  readonly accountId: string;
}
