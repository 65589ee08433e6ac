/** What can go wrong on demand. */
export const FAULT_KINDS = [
  'error-before',
  'error-after',
  'timeout-after',
  'delay',
  'throttle',
  'duplicate',
  'crash',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Where it can go wrong: a function, or a part of the cloud. */
export const FAULT_PARTS = [
  'function',
  'dynamodb',
  'events',
  'sqs',
  'states',
  'secretsmanager',
  'servicediscovery',
] as const;
export type FaultPart = (typeof FAULT_PARTS)[number];

/** A fault as it was asked for, checked and with its defaults. */
export interface FaultSettings {
  /** `part` or `part:pattern`; in a pattern `*` stands for any text. */
  readonly target: string;
  readonly kind: FaultKind;
  /** How likely a call that fits is struck, 0 to 1. */
  readonly rate: number;
  /** How often the fault strikes before it is spent; without it, it never is. */
  readonly count?: number;
  /** 0 to 900000: how long a delay takes, or after how long a reply that is lost counts as lost. */
  readonly delayMs?: number;
  /** Of the fault's own random numbers, 0 to 4294967295: the same seed strikes the same calls. */
  readonly seed?: number;
}

/** A fault that is in force or spent. */
export interface Fault extends FaultSettings {
  readonly id: string;
  readonly seed: number;
  /** How often it has struck. */
  readonly strikes: number;
  readonly createdAt: string;
}
