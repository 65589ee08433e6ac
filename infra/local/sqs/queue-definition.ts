/** A queue as a template describes it. Checked by `createQueue`. */
export interface QueueDefinition {
  /** 1 to 80 letters, digits, hyphens and underscores. */
  readonly queueName: string;
  /** 0 to 43200: how long a received message stays hidden. Default 30. */
  readonly visibilityTimeoutSeconds?: number;
  /** 60 to 1209600: how long a message is kept. Default 345600, which is four days. */
  readonly messageRetentionSeconds?: number;
  /** 0 to 900: how long a sent message stays hidden at first. Default 0. */
  readonly delaySeconds?: number;
  /** 0 to 20: how long a receiver waits for a message. Default 0. */
  readonly receiveWaitSeconds?: number;
  /** 1024 to 1048576, which is the default: body and attributes together. */
  readonly maximumMessageBytes?: number;
  /** Where a message goes that was received too often. Default: nowhere, it stays. */
  readonly redrivePolicy?: RedrivePolicy;
  /** Which queues may have this one as their dead-letter queue. Default: all. */
  readonly redriveAllowPolicy?: RedriveAllowPolicy;
}

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  /** 1 to 1000: when a message is received once more than this, it is moved instead. */
  readonly maxReceiveCount: number;
}

export interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
  /** 1 to 10 ARNs, with `byQueue` only. */
  readonly sourceQueueArns?: readonly string[];
}

/** A definition with every default in its place. */
export type QueueSettings = Readonly<Required<Pick<QueueDefinition, 'queueName' | Numeric>>> &
  Pick<QueueDefinition, 'redrivePolicy' | 'redriveAllowPolicy'>;

type Numeric = keyof typeof RANGES;

/** The largest message, which is also the largest batch of messages. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** Least, most and default. */
const RANGES = {
  visibilityTimeoutSeconds: [0, 43_200, 30],
  messageRetentionSeconds: [60, 1_209_600, 345_600],
  delaySeconds: [0, 900, 0],
  receiveWaitSeconds: [0, 20, 0],
  maximumMessageBytes: [1024, MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES],
} as const;

/**
 * Completes a definition by the defaults.
 *
 * @throws {Error} for a FIFO queue, a name or a value that SQS refuses.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function toSettings(definition: QueueDefinition): QueueSettings {
  const { queueName, redrivePolicy, redriveAllowPolicy } = definition;
  const check = (isAllowed: boolean, name: string, allowed: string, value: unknown) => {
    if (!isAllowed) throw new Error(`queue ${queueName}: ${name} must be ${allowed}, got ${JSON.stringify(value)}`);
  };
  if (queueName.endsWith('.fifo')) {
    throw new Error(`queue ${queueName}: the local cloud has standard queues only, no FIFO queues`);
  }
  check(/^[A-Za-z0-9_-]{1,80}$/.test(queueName), 'its name', '1 to 80 letters, digits, - and _', queueName);
  const numbers = Object.entries(RANGES).map(([name, [least, most, fallback]]) => {
    const value = definition[name as Numeric] ?? fallback;
    check(isWithin(value, least, most), name, `${least} to ${most}`, value);
    return [name, value];
  });
  if (redrivePolicy !== undefined) {
    const { maxReceiveCount } = redrivePolicy;
    check(isWithin(maxReceiveCount, 1, 1000), 'maxReceiveCount', '1 to 1000', maxReceiveCount);
  }
  if (redriveAllowPolicy !== undefined) {
    const { redrivePermission, sourceQueueArns } = redriveAllowPolicy;
    const isListed = isWithin(sourceQueueArns?.length ?? 0, 1, 10);
    const isFit = redrivePermission === 'byQueue' ? isListed : sourceQueueArns === undefined;
    check(isFit, 'sourceQueueArns', '1 to 10 ARNs with byQueue, and absent otherwise', sourceQueueArns);
  }
  return { queueName, redrivePolicy, redriveAllowPolicy, ...Object.fromEntries(numbers) } as QueueSettings;
}

/** Whether the dead-letter queue with this policy takes messages of a queue. */
export function allowsRedriveFrom(policy: RedriveAllowPolicy | undefined, sourceArn: string): boolean {
  if (policy === undefined || policy.redrivePermission === 'allowAll') return true;
  return (policy.sourceQueueArns ?? []).includes(sourceArn);
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
