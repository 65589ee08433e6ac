import {
  EventInvalidError,
  EventTooLargeError,
  OutboxUnreadableError,
  reasonOf,
  UnknownEventError,
  UnknownVersionError,
} from '../../../lib/errors/event-errors';

describe('an error of an event', () => {
  it.each([
    [
      new EventInvalidError('lamp.lit', ['watts is required']),
      'EVENT_INVALID',
      'lamp.lit is not valid: watts is required',
    ],
    [
      new EventTooLargeError('lamp.lit', 9, 8),
      'EVENT_TOO_LARGE',
      'the data of lamp.lit must have at most 8 bytes as JSON, got 9',
    ],
    [
      new UnknownVersionError('lamp.lit', [3, 4], 2),
      'UNKNOWN_EVENT_VERSION',
      'lamp.lit is known here up to version 2, got 3, 4',
    ],
    [new UnknownEventError('lamps', 'lamp.eaten'), 'UNKNOWN_EVENT', 'lamps tells no event "lamp.eaten"'],
    [new OutboxUnreadableError('no list'), 'OUTBOX_UNREADABLE', 'the outbox cannot be read: no list'],
  ])('%s says what is wrong, and is ours to mend', (error, code, message) => {
    expect(error).toMatchObject({ code, message, status: 500, retryable: false });
  });
});

describe('the reason why something cannot be taken', () => {
  it('is what our own errors say, and of others the name alone', () => {
    expect(reasonOf(new OutboxUnreadableError('no list'))).toBe(
      'OutboxUnreadableError: the outbox cannot be read: no list',
    );
    expect(reasonOf(new TypeError('cannot read Alice'))).toBe('TypeError');
    expect(reasonOf('Alice')).toBe('unknown');
  });
});
