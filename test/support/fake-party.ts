import { CircuitOpenError } from '../../lib/circuit-breaker/circuit-errors';
import type { Admit, CallParty, PartyOutcome, PartyRequest } from '../../lib/resilience/outside-party';

/** An outside party that gives the answers it was told, or throws them, in their order, and remembers what it was asked. */
export function fakeParty(...outcomes: (PartyOutcome | Error)[]): { call: CallParty; requests: PartyRequest[] } {
  const requests: PartyRequest[] = [];
  const call: CallParty = async (request) => {
    requests.push(request);
    const outcome = outcomes[requests.length - 1];
    if (!outcome) throw new Error(`nothing was said about call ${requests.length}, ${request.method} ${request.path}`);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return { call, requests };
}

export function answered(status: number, body?: unknown): PartyOutcome {
  return { kind: 'answered', status, body };
}

export const UNKNOWN: PartyOutcome = { kind: 'unknown', why: 'no answer in time' };

/** A party that may always be called. */
export function admitted<Port>(port: Port): Admit<Port> {
  return (work) => work(port);
}

/** The circuit of a party that is not called at the moment. */
export const CIRCUIT_OPEN = new CircuitOpenError('party', 'open', 2_000);

/** A party that is not called at the moment. */
export const refused: Admit<never> = async () => {
  throw CIRCUIT_OPEN;
};
