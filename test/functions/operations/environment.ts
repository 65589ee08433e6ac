import '../../support/environment';

const machine = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-test-${name}`;

/** What functions of operators find: the machines of every saga, the consumers, the bus. To be imported before their handlers. */
Object.assign(process.env, {
  WORKFLOW: 'STANDARD',
  STATE_MACHINE_ARN_PLACE_ORDER: machine('place-order'),
  REPAIR_MACHINE_ARN_PLACE_ORDER: machine('place-order-repair'),
  UNDO_MACHINE_ARN_PLACE_ORDER: machine('place-order-undo'),
  STATE_MACHINE_ARN_CANCEL_ORDER: machine('cancel-order'),
  REPAIR_MACHINE_ARN_CANCEL_ORDER: machine('cancel-order-repair'),
  DEAD_LETTER_QUEUES: 'tasks-relay-events,inventory-sell-stock',
  EVENT_BUS_ARN: 'arn:aws:events:us-east-1:123456789012:event-bus/holdfast-test',
});
