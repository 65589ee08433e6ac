import type { UrlRequest } from '../../lib/lambda/url-handler';
import type { Table } from '../../lib/table/dynamodb-table';
import {
  AddressRefusedError,
  type CancellableEntry,
  DeclinedError,
  type Plan,
  ReplyLostError,
  requireRepeat,
  SandboxFaultError,
} from './domain';
import { enter } from './store';

/** How long before its own time limit a silent function ends: long after every caller has given up. */
const SILENCE_ENDS_MS = 500;

/** Waits for so many milliseconds. */
export type Wait = (ms: number) => Promise<unknown>;

/**
 * Carries out what is planned for a charge or a parcel. Acceptance has one effect: the entry, once for each
 * reference. Only the reply of the first one is lost, so that a repeat finds what it did.
 *
 * @throws {AppError} what the plan asks for, or why the entry is no repeat of the one that is there
 * @throws {ReplyLostError}
 */
export async function carryOut(
  plan: Plan,
  entry: CancellableEntry,
  { table, wait, request }: { table: Table; wait: Wait; request: UrlRequest },
): Promise<{ entry: CancellableEntry; created: boolean }> {
  switch (plan) {
    case 'decline':
      throw new DeclinedError();
    case 'refuse':
      throw new AddressRefusedError();
    case 'fail':
      throw new SandboxFaultError(500);
    case 'be unavailable':
      throw new SandboxFaultError(503);
    case 'stay silent':
      await wait(request.remainingMs() - SILENCE_ENDS_MS);
      throw new SandboxFaultError(503);
    default: {
      const existing = await enter(table, entry);
      if (existing) requireRepeat(existing, entry);
      else if (plan === 'accept, lose the reply') throw new ReplyLostError(entry.reference);
      return { entry: existing ?? entry, created: !existing };
    }
  }
}
