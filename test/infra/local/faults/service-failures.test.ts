import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { AwsError } from '../../../../infra/local/aws-error';
import { FAULT_PARTS } from '../../../../infra/local/faults/fault';
import { serviceFailures } from '../../../../infra/local/faults/faults';

/** An error as an SDK client makes it of an answer. */
const asSdkError = ({ code, status, message }: AwsError): Parameters<typeof isThrottlingError>[0] => ({
  name: code,
  message,
  $fault: status < 500 ? 'client' : 'server',
  $metadata: { httpStatusCode: status },
  $service: 'any',
});

describe.each(FAULT_PARTS)('the failures of %s', (part) => {
  it('are taken by the SDK for throttling and for a passing fault of the server, so that it tries again', () => {
    const { error, throttle } = serviceFailures(part);

    expect(isThrottlingError(asSdkError(throttle()))).toBe(true);
    expect(isThrottlingError(asSdkError(error()))).toBe(false);
    expect(isTransientError(asSdkError(error()))).toBe(true);
  });
});
