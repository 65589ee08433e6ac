import * as v from 'valibot';
import { defineService } from '../../lib/service/contract';
import { Nothing, Timestamp, wholeNumber } from '../../lib/service/schemas';
import { circuitClosed, circuitOpened } from './events';

/** `<service>-<role>`, and with `:<key>` behind it one of several circuits of a party. */
const CircuitName = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,127}(:[\w.-]{1,64})?$/));

const CircuitMode = v.picklist(['auto', 'isolated', 'forced-closed']);

const CircuitState = v.picklist(['CLOSED', 'OPEN', 'HALF_OPEN']);

export const Circuit = v.strictObject({
  name: CircuitName,
  state: CircuitState,
  mode: CircuitMode,
  failures: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  openedAt: v.optional(Timestamp),
  retryAt: v.optional(Timestamp),
  unreadable: v.optional(v.literal(true)),
});

export const circuits = defineService({
  name: 'circuits',
  version: '1.0.0',
  summary:
    'Keeps the circuits that stand between the services and the parties outside, shows them and obeys operators.',
  table: { partitionKey: 'service', sortKey: 'circuit', timeToLive: 'expiresAt', stream: true },
  keepsCircuits: true,
  events: [circuitOpened, circuitClosed],
  handlers: {
    'list-circuits': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/ops/circuits',
            operationId: 'listCircuits',
            summary:
              'Every circuit by name: its state, the failures in its window, and when it lets a probe through; `unreadable` where the stored state is broken or of a later version, and each instance decides for itself',
            scope: 'ops',
            answers: {
              200: { description: 'The circuits', body: v.strictObject({ items: v.array(Circuit) }) },
            },
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['Query'],
      circuits: true,
    },
    'set-circuit-mode': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'PUT',
            path: '/ops/circuits/{name}',
            operationId: 'setCircuitMode',
            summary:
              'Let a circuit refuse every call (isolated), refuse none (forced-closed), or decide for itself again (auto); a repeat changes nothing',
            scope: 'ops',
            pathParameters: { name: CircuitName },
            body: v.strictObject({ mode: CircuitMode }),
            answers: { 200: { description: 'The circuit as it is now', body: Circuit } },
            problems: [404, 409],
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['Query', 'UpdateItem'],
      circuits: true,
    },
    'list-states': {
      trigger: {
        kind: 'query',
        input: Nothing,
        output: v.strictObject({ items: v.array(v.strictObject({ name: v.string(), state: CircuitState })) }),
      },
      timeoutSeconds: 3,
      table: ['Query'],
      circuits: true,
    },
    'relay-events': {
      // A circuit is written with every report of a failure, and it emits when it changes.
      trigger: {
        kind: 'relay',
        batchSize: 100,
        changes: [
          { event: 'MODIFY', becomes: { state: 'OPEN' } },
          { event: 'MODIFY', becomes: { state: 'CLOSED' } },
          { event: 'MODIFY', becomes: { mode: 'isolated' } },
          { event: 'MODIFY', becomes: { mode: 'forced-closed' } },
        ],
      },
      timeoutSeconds: 30,
    },
    health: {
      trigger: { kind: 'query', input: Nothing, output: Nothing },
      timeoutSeconds: 3,
      table: ['GetItem'],
    },
  },
});
