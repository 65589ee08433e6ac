import { defineService } from '../../lib/service/contract';

export const sandbox = defineService({
  name: 'sandbox',
  version: '1.0.0',
  summary: 'Stands in for the payment provider, the carrier and the sender of messages, and keeps their books.',
  standIn: true,
  table: { partitionKey: 'book', sortKey: 'reference', timeToLive: 'expiresAtSeconds' },
  handlers: {
    provider: {
      trigger: { kind: 'url' },
      timeoutSeconds: 10,
      table: ['GetItem', 'PutItem', 'UpdateItem'],
      ownSecret: true,
    },
    carrier: {
      trigger: { kind: 'url' },
      timeoutSeconds: 10,
      table: ['GetItem', 'PutItem', 'UpdateItem'],
      ownSecret: true,
    },
    sender: {
      trigger: { kind: 'url' },
      timeoutSeconds: 10,
      table: ['PutItem', 'UpdateItem'],
      ownSecret: true,
    },
    books: {
      trigger: { kind: 'url', output: 'SandboxUrl' },
      timeoutSeconds: 10,
      table: ['Query', 'BatchGetItem', 'UpdateItem'],
      ownSecret: true,
    },
  },
});
