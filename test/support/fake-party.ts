import type { CallParty, PartyOutcome, PartyRequest } from '../../lib/resilience/outside-party';

/** An outside party that gives the answers it was told, in their order, and remembers what it was asked. */
export function fakeParty(...outcomes: PartyOutcome[]): { call: CallParty; requests: PartyRequest[] } {
  const requests: PartyRequest[] = [];
  const call: CallParty = async (request) => {
    requests.push(request);
    const outcome = outcomes[requests.length - 1];
    if (!outcome) throw new Error(`nothing was said about call ${requests.length}, ${request.method} ${request.path}`);
    return outcome;
  };
  return { call, requests };
}

export function answered(status: number, body?: unknown): PartyOutcome {
  return { kind: 'answered', status, body };
}

export const UNKNOWN: PartyOutcome = { kind: 'unknown', why: 'no answer in time' };
