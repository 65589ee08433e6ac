/**
 * The environment that functions find when they start, for tests that import a handler. To be imported before it. Nothing behind
 * these names answers: what a test needs of it, it plays itself.
 */
Object.assign(process.env, {
  STAGE: 'test',
  TABLE_NAME: 'holdfast-test-table',
  CIRCUITS_TABLE_NAME: 'holdfast-test-circuits',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  PROVIDER_URL: 'http://provider.invalid',
  PROVIDER_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:provider',
  CARRIER_URL: 'http://carrier.invalid',
  CARRIER_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:carrier',
  OWN_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:own',
  STATE_MACHINE_ARN_PLACE_ORDER: 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-test-place-order',
  REPAIR_MACHINE_ARN_PLACE_ORDER: 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-test-place-order-repair',
  UNDO_MACHINE_ARN_PLACE_ORDER: 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-test-place-order-undo',
  STATE_MACHINE_ARN_CANCEL_ORDER: 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-test-cancel-order',
  WORKFLOW: 'STANDARD',
  EVENT_BUS_NAME: 'holdfast-test',
  DEAD_LETTER_QUEUE_URL: 'http://queues.invalid/000000000000/dead-letters',
  TOKEN_ISSUER: 'https://issuer.invalid',
  TOKEN_AUDIENCE: 'holdfast',
});
