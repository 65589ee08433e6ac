import type { Books } from './books';
import { type Violation, violationOf } from './violation';

/** Nothing was given up: the queues that take what failed for good are empty. */
export function checkDeadLetters({ failureQueues = [] }: Books): Violation[] {
  return failureQueues
    .filter(({ messages }) => messages > 0)
    .map(({ queue, messages }) => violationOf('dead letters')(queue, `holds ${messages} messages`));
}
