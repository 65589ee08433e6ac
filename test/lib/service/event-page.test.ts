import * as v from 'valibot';
import { defineEvent, nextVersion } from '../../../lib/service/event-contract';
import { toEventDiagram, toEventSections, toEventTable } from '../../../lib/service/event-page';

const event = nextVersion(
  defineEvent(
    { source: 'tasks', type: 'task.done', summary: 'A task is done.', aggregate: 'taskId' },
    v.object({ taskId: v.pipe(v.string(), v.regex(/^(a|b)$/)), note: v.optional(v.string()), count: v.string() }),
  ),
  v.object({
    taskId: v.pipe(v.string(), v.regex(/^(a|b)$/)),
    note: v.string(),
    at: v.pipe(v.string(), v.isoTimestamp()),
    how: v.nullable(v.picklist(['WELL', 'BADLY'])),
    parts: v.array(v.object({ name: v.string() })),
  }),
  {
    upcast: ({ taskId, note = '' }) => ({ taskId, note, at: '', how: null, parts: [] }),
    downcast: ({ taskId, note }) => ({ taskId, note, count: '' }),
  },
);
const lonely = { contract: event, owner: 'tasks', consumers: [] };

describe('the page of an event', () => {
  it('says of each member its type, what it may be, and in which versions it is', () => {
    const rows = toEventSections([lonely]).split('\n').slice(6);

    expect(rows).toEqual([
      '| `taskId` | string `^(a\\|b)$` | 1, 2 |',
      '| `note` | string, optional | 1 |',
      '| `count` | string | 1 |',
      '| `note` | string | 2 |',
      '| `at` | string (date-time) | 2 |',
      '| `how` | "WELL" or "BADLY" or null | 2 |',
      '| `parts` | list of object | 2 |',
      '| `parts[].name` | string | 2 |',
    ]);
  });

  it('says that nobody reacts yet', () => {
    expect(toEventTable([lonely])).toContain('| 1, 2 | tasks | A task is done. | nobody yet |');
  });

  it('draws a consumer once, with the version that it knows of each event', () => {
    const consumers = [{ service: 'mail', handler: 'send-mail', version: 1, takes: 1 }];
    const other = { ...lonely, contract: { ...event, type: 'task.lost' }, consumers };

    expect(toEventDiagram([{ ...lonely, consumers }, other]).split('\n')).toEqual([
      '```mermaid',
      'flowchart LR',
      '  tasks["tasks"]',
      '  task_done(["task.done"])',
      '  task_lost(["task.lost"])',
      '  mail_send_mail[["mail/send-mail"]]',
      '  tasks --> task_done',
      '  tasks --> task_lost',
      '  task_done -- "version 1" --> mail_send_mail',
      '  task_lost -- "version 1" --> mail_send_mail',
      '```',
    ]);
  });
});
