/** Something that one service of the cloud hands to another by itself, as a rule does with an event. */
export interface Delivery {
  /** The ARN of a function, a queue, a state machine or an event bus. */
  readonly targetArn: string;
  /** JSON for a function or a state machine, any text for a queue, an event's JSON for a bus. */
  readonly payload: string;
  readonly source: DeliverySource;
  /** Of a message to a queue. */
  readonly messageAttributes?: MessageAttributes;
  /** `X-Amzn-Trace-Id` of whatever caused it: the target gets it as it is. */
  readonly traceHeader?: string;
}

/** By name; only text and numbers are needed. */
export type MessageAttributes = Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;

/** On whose behalf something is delivered: that decides which policies must allow it. */
export interface DeliverySource {
  /** The service, as it stands before `.amazonaws.com`: `events`, `scheduler`, `lambda`. */
  readonly service: string;
  /** What of the service delivers: the ARN of the rule, the schedule, the function. */
  readonly arn: string;
  /** The role it assumes; absent when the target's own policy has to admit the service. */
  readonly roleArn?: string;
}

/**
 * Hands it over; resolves once the target has it durably.
 *
 * @throws {AwsError} as the target's service answers, `AccessDeniedException` included.
 */
export type Deliver = (delivery: Delivery) => Promise<void>;
