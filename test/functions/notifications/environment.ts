import '../../support/environment';

/** What the consumer of events finds beside the rest. To be imported before its handler. */
Object.assign(process.env, {
  SENDER_URL: 'http://sender.invalid',
  SENDER_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:sender',
  DEAD_LETTER_QUEUE_URL: 'http://sqs.invalid/000000000000/dead-letters',
});
