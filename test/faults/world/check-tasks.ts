import type { FoundViolation } from '../simulation';
import type { Check } from './evidence';

/** A task is created once, whatever is repeated, completed once, and each answer says the same as the one before. */
export const checkTasks: Check = ({ tasks, transitions }) =>
  tasks.flatMap(({ task, taskId, created, completed }) => {
    const found: FoundViolation[] = [];
    const note = (what: string) => found.push({ rule: 'tasks', detail: `${taskId} ${what}` });
    const wanted = { created: 201, completed: 200 };
    for (const [what, answers] of Object.entries({ created, completed })) {
      const [first] = answers;
      for (const { status, body } of answers) {
        if (status !== wanted[what as keyof typeof wanted]) note(`is answered ${status}: ${body.slice(0, 200)}`);
        else if (body !== first?.body) note(`is answered ${body} after ${first?.body}`);
        else if ((JSON.parse(body) as { taskId: string }).taskId !== taskId) note(`is answered with another: ${body}`);
      }
    }
    if (created.length === 0) note('has got no answer');
    const told = transitions.filter(({ aggregateId }) => aggregateId === taskId).map(({ type }) => type);
    const isRight = told.join(' ') === `task.created${task.completedAtMs === undefined ? '' : ' task.completed'}`;
    if (!isRight) note(`is ${told.join(' and ')}`);
    return found;
  });
