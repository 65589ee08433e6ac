import { Circuit, type CircuitDependencies } from './circuit';
import { type CircuitClock, systemCircuitClock } from './circuit-clock';
import { CircuitOptionsError } from './circuit-errors';
import { REPORTERS } from './circuit-item';
import type { CircuitStore } from './circuit-store';
import { type CircuitOptions, type CircuitSettings, checkOptions, checkSame } from './options';
import type { Annotate, Transition } from './transition';

/** What the circuits of a process need. */
export interface CircuitsDependencies {
  /** Who calls: the partition of its circuits. */
  readonly service: string;
  readonly store: CircuitStore;
  readonly clock?: CircuitClock;
  /** From 0 up to 1. */
  readonly random?: () => number;
  /** 0 to 15: instances with the same number count as one where several must have seen failures. Default: by chance. */
  readonly reporter?: number;
  /**
   * The longest that a caller waits for an answer of the store, 10 to 5,000. Default 100: more than the slowest of its usual answers, or no
   * probe is ever sent. Before a call there is a look at most, and for a probe its lease. An answer that comes later is used when it comes.
   */
  readonly storeTimeoutMs?: number;
  /** Called for each transition that this process has made, after it. What it throws is dropped. */
  readonly onTransition?: (transition: Transition) => void;
  /** What is written with each. Default: nothing. */
  readonly annotate?: Annotate;
}

/** A look that has not come back by then never will: its process was frozen. */
const LOST_LOOK_MS = 5_000;

const NAME = /^[a-z0-9][\w.:-]{0,127}$/i;

/**
 * The circuits by which one process of a service calls others. One query refreshes them all. Make one for a process, and each circuit
 * once, when it starts: a circuit that is made for each call knows nothing.
 */
export class Circuits {
  private readonly circuits = new Map<string, { circuit: Circuit; settings: CircuitSettings }>();
  private readonly service: string;
  private readonly use: CircuitDependencies;
  private looking: { readonly since: number; readonly done: Promise<boolean> } | undefined;

  /** @throws {CircuitOptionsError} when a value is out of its range */
  constructor(dependencies: CircuitsDependencies) {
    const { service, store, clock = systemCircuitClock, random = Math.random, storeTimeoutMs = 100 } = dependencies;
    const { reporter = Math.floor(random() * REPORTERS), onTransition, annotate = () => ({}) } = dependencies;
    if (!NAME.test(service))
      throw new CircuitOptionsError(`service must match ${NAME}, got ${JSON.stringify(service)}`);
    if (!(storeTimeoutMs >= 10 && storeTimeoutMs <= 5_000)) {
      throw new CircuitOptionsError(`storeTimeoutMs must be a number from 10 to 5000, got ${storeTimeoutMs}`);
    }
    if (!(Number.isInteger(reporter) && reporter >= 0 && reporter < REPORTERS)) {
      throw new CircuitOptionsError(`reporter must be an integer from 0 to ${REPORTERS - 1}, got ${reporter}`);
    }
    this.service = service;
    const tell = (transition: Transition) => {
      try {
        onTransition?.(transition);
      } catch {
        // The circuit is what it is, whoever was told of it.
      }
    };
    const safely: Annotate = (transition) => {
      try {
        return annotate(transition);
      } catch {
        // A circuit that could not open for want of its event would protect nobody.
        return {};
      }
    };
    this.use = {
      store,
      clock,
      random,
      reporter,
      storeTimeoutMs,
      onTransition: tell,
      annotate: safely,
      look: () => this.look(),
    };
  }

  /**
   * The circuit of a name: the same object each time.
   *
   * @throws {CircuitOptionsError} when an option is out of its range, or another one than the circuit has already
   */
  circuit(name: string, options: CircuitOptions = {}): Circuit {
    if (!NAME.test(name))
      throw new CircuitOptionsError(`a circuit's name must match ${NAME}, got ${JSON.stringify(name)}`);
    const settings = checkOptions(options);
    const known = this.circuits.get(name);
    if (known) {
      checkSame(name, known.settings, settings);
      return known.circuit;
    }
    const circuit = new Circuit({ service: this.service, circuit: name }, settings, this.use);
    this.circuits.set(name, { circuit, settings });
    return circuit;
  }

  /** Looks at the store now, as when a process starts: the first call need not wait then. Never rejects. */
  async load(): Promise<void> {
    await this.look();
  }

  /** One look at a time; whoever wants one meanwhile gets this one. Answers whether the store did. */
  private look(): Promise<boolean> {
    const now = this.use.clock.now();
    if (this.looking && now - this.looking.since < LOST_LOOK_MS) return this.looking.done;
    const looking = { since: now, done: this.lookNow(now) };
    this.looking = looking;
    void looking.done.then(() => {
      if (this.looking === looking) this.looking = undefined;
    });
    return looking.done;
  }

  private async lookNow(askedAt: number): Promise<boolean> {
    try {
      const items = await this.use.store.load(this.service);
      for (const [name, { circuit }] of this.circuits) circuit.shared.adopt(items.get(name), askedAt);
      return true;
    } catch {
      return false;
    }
  }
}
