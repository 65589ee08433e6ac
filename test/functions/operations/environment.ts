import '../../support/environment';

const machine = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-test-${name}`;

/** What functions find that read executions: the machines of every saga. To be imported before their handlers. */
Object.assign(process.env, {
  WORKFLOW: 'STANDARD',
  STATE_MACHINE_ARN_PLACE_ORDER: machine('place-order'),
  REPAIR_MACHINE_ARN_PLACE_ORDER: machine('place-order-repair'),
  UNDO_MACHINE_ARN_PLACE_ORDER: machine('place-order-undo'),
  STATE_MACHINE_ARN_CANCEL_ORDER: machine('cancel-order'),
  REPAIR_MACHINE_ARN_CANCEL_ORDER: machine('cancel-order-repair'),
});
