import { isQueueEvent, parseBody, takeMessages } from '../../../lib/lambda/queue-messages';
import { aMessage } from './a-message';

describe('the messages of a queue', () => {
  it('are told from the records of a stream', () => {
    expect(isQueueEvent({ Records: [aMessage('1', {})] })).toBe(true);
    expect(isQueueEvent({ Records: [{ eventSource: 'aws:dynamodb' }] })).toBe(false);
    expect(isQueueEvent({ Records: [] })).toBe(false);
  });

  it('are taken side by side, and those that fail are reported', async () => {
    const begun: string[] = [];
    let release: () => void = () => undefined;
    const allBegun = new Promise<void>((resolve) => {
      release = resolve;
    });

    const answer = await takeMessages(
      { Records: ['1', '2', '3', '4'].map((id) => aMessage(id, {})) },
      async (message) => {
        if (begun.push(message.messageId) === 4) release();
        await allBegun;
        if (['2', '4'].includes(message.messageId)) throw new Error('no');
      },
    );

    expect(begun).toEqual(['1', '2', '3', '4']);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }, { itemIdentifier: '4' }] });
  });

  it('have JSON in them; what has not is not shown', () => {
    expect(parseBody(aMessage('1', { a: 1 }))).toEqual({ a: 1 });
    expect(() => parseBody({ ...aMessage('1', {}), body: 'Alice' })).toThrow(/^the message is not JSON$/);
  });
});
