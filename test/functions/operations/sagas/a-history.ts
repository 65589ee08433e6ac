import type { ExecutionEvent } from '../../../../lib/saga/aws-execution-history';

export const NOON = Date.parse('2026-01-01T12:00:00Z');

/** Second `count` after noon, as the API shows it. */
export const second = (count: number) => new Date(NOON + count * 1000).toISOString();

type Told = readonly [type: ExecutionEvent['type'], more?: Pick<ExecutionEvent, 'name' | 'error'>];

/** The events of an execution, numbered from 1; event n happens in second n after noon. */
export function aHistory(...told: Told[]): ExecutionEvent[] {
  return told.map(([type, more], index) => ({ id: index + 1, type, at: NOON + (index + 1) * 1000, ...more }));
}

/** A Task state of which each attempt ends with that error, or well: four events for the first, three for each other. */
export function aTask(name: string, ...attempts: Array<string | 'ok'>): Told[] {
  return [
    ['TaskStateEntered', { name }],
    ...attempts.flatMap((outcome): Told[] => [
      ['TaskScheduled'],
      ['TaskStarted'],
      outcome === 'ok' ? ['TaskSucceeded'] : ['TaskFailed', { error: outcome }],
    ]),
    ['TaskStateExited', { name }],
  ];
}
