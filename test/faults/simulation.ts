import type { Call, Fate, Injector } from './fates';

export type Profile = 'STANDARD' | 'EXPRESS';

/** An order that a simulated client places, and repeats with the same key until it is answered. */
export interface PlannedOrder {
  /** The Idempotency-Key. With the customer it decides the order's id, so an order keeps its id when others are left out. */
  readonly key: string;
  readonly customerId: string;
  /** After the start of the simulation. */
  readonly placedAtMs: number;
  readonly lines: ReadonlyArray<{ readonly sku: string; readonly quantity: number }>;
  /** The payment token, which tells the sandbox provider how to behave. */
  readonly token: string;
  /** Tells the sandbox carrier how to behave. */
  readonly postalCode: string;
  /** When the client asks to cancel it, after the start of the simulation. */
  readonly cancelledAtMs?: number;
  /** When the shop hands its parcel over to the carrier, if it is confirmed then; after the start of the simulation. */
  readonly handedOverAtMs?: number;
}

/** A task that a simulated client creates, and completes if it is told when. */
export interface PlannedTask {
  /** The Idempotency-Key. With the customer it decides the task's id. */
  readonly key: string;
  readonly customerId: string;
  readonly title: string;
  /** After the start of the simulation, as the other times. */
  readonly createdAtMs: number;
  readonly completedAtMs?: number;
}

/** What the simulated clients do. */
export interface Plan {
  readonly stock: ReadonlyArray<{ readonly sku: string; readonly onHand: number; readonly unitPriceCents: number }>;
  readonly orders: readonly PlannedOrder[];
  readonly tasks: readonly PlannedTask[];
  /** When the operator has all events that there were so far sent once more, after the start of the simulation. */
  readonly replayedAtMs?: number;
}

export interface SimulationOptions {
  readonly profile: Profile;
  readonly seed: number;
  readonly plan: Plan;
  readonly injector: Injector;
  /** After the start of the simulation; no call is shown to the injector from then on. */
  readonly faultsEndAtMs: number;
}

/** Something that must never be. */
export interface FoundViolation {
  /** Which rule, such as `money` or `stuck`. */
  readonly rule: string;
  readonly detail: string;
}

/** A fate other than `ok` that was carried out. */
export interface Strike {
  readonly call: Call;
  readonly fate: Fate;
}

export interface Outcome {
  readonly violations: readonly FoundViolation[];
  /** In the order in which they were carried out. */
  readonly strikes: readonly Strike[];
  /** How long each order took to its end after the faults had stopped; 0 when it was there before. */
  readonly msToTerminal: readonly number[];
  readonly simulatedMs: number;
  readonly deadLetters: number;
  /** Readable lines: simulated time, order, call, fate, outcome. */
  readonly history: readonly string[];
}

/** Runs a plan through the whole system in simulated time until it is quiet. */
export type Simulate = (options: SimulationOptions) => Promise<Outcome>;
