import type { LambdaOutcome } from '../../../infra/local/step-functions/step-functions';
import type { HandlerContract, ServiceContract } from '../../../lib/service/contract';
import type { Fate, Phase } from '../fates';
import { getBundle } from './bundles';
import { Environment, type Invocation, type Surroundings } from './environment';
import type { SimulatedClock } from './simulated-clock';

/** A run of a function that is asked for. */
export interface Run {
  readonly service: ServiceContract;
  readonly handler: string;
  readonly event: unknown;
  readonly phase: Phase;
  readonly orderId?: string | undefined;
  /** `crash` and `skew` are carried out here. */
  readonly fate?: Fate;
}

/** The functions of the system. */
export interface Functions {
  /** Runs one, in an environment that is free or a new one. Never rejects: a failure of the function is an outcome. */
  invoke(run: Run): Promise<LambdaOutcome>;
  /** Runs that have not ended. */
  readonly running: number;
}

export interface FunctionsOptions {
  readonly around: (service: ServiceContract) => Surroundings;
  readonly variables: (service: ServiceContract, handler: string) => Readonly<Record<string, string>>;
  /** A function that cannot be started is a fault of the simulation or of the deployment, not of a run. */
  readonly onInitFailure: (error: unknown) => void;
}

/** Opens the functions. Environments are kept and used again, as Lambda does. */
export function openFunctions({ around, variables, onInitFailure }: FunctionsOptions): Functions {
  const idle = new Map<string, Environment[]>();
  const counts = new Map<string, number>();
  let running = 0;

  function idOf(name: string, orderId = '-'): string {
    const key = `${name} ${orderId}`;
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    return `${key} ${nth}`;
  }

  /** @throws {Error} what the code throws at INIT */
  function start({ service, handler }: Run): Environment {
    const id = idOf(`environment ${service.name}/${handler}`);
    return new Environment(id, getBundle(service.name, handler), variables(service, handler), around(service));
  }

  return {
    get running() {
      return running;
    },
    async invoke(run) {
      const name = `${run.service.name}/${run.handler}`;
      const free = idle.get(name) ?? [];
      idle.set(name, free);
      running += 1;
      try {
        const environment = free.pop() ?? start(run);
        const outcome = await runIn(environment, around(run.service).clock, idOf(name, run.orderId), run);
        if (!environment.isDead) free.push(environment);
        return outcome;
      } catch (error) {
        onInitFailure(error);
        return failure('Runtime.ExitError', String(error));
      } finally {
        running -= 1;
      }
    },
  };
}

/** One run, which ends by itself, by its time limit, or by the death of its environment. */
function runIn(environment: Environment, clock: SimulatedClock, id: string, run: Run): Promise<LambdaOutcome> {
  const { service, handler, orderId, phase, fate, event } = run;
  const { timeoutSeconds } = service.handlers[handler] as HandlerContract;
  return new Promise((resolve) => {
    const end = (outcome: LambdaOutcome) => {
      cancel();
      resolve(outcome);
    };
    const kill = (outcome: LambdaOutcome) => {
      environment.kill();
      end(outcome);
    };
    const cancel = clock.after(timeoutSeconds * 1000, () => kill(timedOut(timeoutSeconds)));
    const die = () => kill(killed());
    const writes = fate?.kind === 'crash' ? { left: fate.afterWrites } : undefined;
    const finish = (outcome: LambdaOutcome) => (writes ? die() : end(outcome));
    const invocation: Invocation = {
      id,
      phase,
      ...(orderId !== undefined && { orderId }),
      endsAt: clock.now() + timeoutSeconds * 1000,
      skewMs: fate?.kind === 'skew' ? fate.byMs : 0,
      ...(writes && { writes }),
      die,
      drawn: 0,
    };
    environment.run(event, invocation).then(
      (result) => finish({ payload: JSON.stringify(result ?? null) }),
      ({ name = 'Error', message = '' }: Partial<Error>) => finish(failure(name, message)),
    );
  });
}

/** The failure of a function as its caller gets it. */
export function failure(errorType: string, errorMessage: string): LambdaOutcome {
  return { payload: JSON.stringify({ errorType, errorMessage, trace: [] }), functionError: 'Unhandled' };
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html */
function timedOut(seconds: number): LambdaOutcome {
  return failure('Sandbox.Timedout', `Error: Task timed out after ${seconds.toFixed(2)} seconds`);
}

function killed(): LambdaOutcome {
  return failure('Runtime.ExitError', 'Error: Runtime exited with error: signal: killed');
}
