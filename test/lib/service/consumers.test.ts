import { listConsumers } from '../../../lib/service/consumers';
import type { ServiceContract, Trigger } from '../../../lib/service/contract';

const triggers: Readonly<Record<string, Trigger>> = {
  'start-it': { kind: 'stream', changes: [{ event: 'INSERT' }], batchSize: 1 },
  'ask-it': { kind: 'http', routes: [] },
  'relay-events': { kind: 'relay', batchSize: 1 },
  'react-to-it': { kind: 'events', consumes: [], batchSize: 1, maximumConcurrency: 2 },
  'serve-it': { kind: 'url' },
  'sweep-it': { kind: 'schedule', everyMinutes: 1 },
};

const service = (name: string, handlers: readonly string[]): ServiceContract => ({
  name,
  version: '1.0.0',
  summary: '',
  handlers: Object.fromEntries(
    handlers.map((handler) => [handler, { trigger: triggers[handler] ?? { kind: 'authorizer' }, timeoutSeconds: 1 }]),
  ),
});

describe('the consumers of services', () => {
  it('are the handlers that are given work without anybody waiting for them, in the order of the contracts', () => {
    const consumers = listConsumers([service('one', Object.keys(triggers)), service('two', ['sweep-it'])]);

    expect(consumers.map(({ service, handler }) => `${service}/${handler}`)).toEqual([
      'one/start-it',
      'one/relay-events',
      'one/react-to-it',
      'one/sweep-it',
      'two/sweep-it',
    ]);
    expect(consumers.map(({ contract }) => contract.trigger.kind)).toEqual([
      'stream',
      'relay',
      'events',
      'schedule',
      'schedule',
    ]);
  });
});
