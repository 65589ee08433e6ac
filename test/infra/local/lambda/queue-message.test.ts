import { toMessageRecord } from '../../../../infra/local/lambda/queue-message';
import { QUEUE_ARN } from './a-queue-mapping';

describe('the record of a message', () => {
  const message = {
    MessageId: 'id-1',
    ReceiptHandle: 'receipt-1',
    Body: 'hello',
    MD5OfBody: '5d41402abc4b2a76b9719d911017c592',
    Attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1545082649183' },
  };
  const record = {
    messageId: 'id-1',
    receiptHandle: 'receipt-1',
    body: 'hello',
    attributes: message.Attributes,
    messageAttributes: {},
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: QUEUE_ARN,
    awsRegion: 'eu-central-1',
  };

  test('has the fields that functions know', () => {
    expect(toMessageRecord(message, QUEUE_ARN)).toEqual(record);
  });

  test('has the attributes that the sender gave', () => {
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'x' },
      bytes: { DataType: 'Binary', BinaryValue: 'eA==' },
    };

    const withAttributes = toMessageRecord({ ...message, MessageAttributes, MD5OfMessageAttributes: 'd' }, QUEUE_ARN);

    const lists = { stringListValues: [], binaryListValues: [] };
    expect(withAttributes).toEqual({
      ...record,
      md5OfMessageAttributes: 'd',
      messageAttributes: {
        text: { stringValue: 'x', dataType: 'String', ...lists },
        bytes: { binaryValue: 'eA==', dataType: 'Binary', ...lists },
      },
    });
  });
});
