import fc from 'fast-check';
import { UNDO_RETRY as retry } from '../../../lib/saga/retry-policy';
import { saga } from '../../../lib/saga/saga';
import { toMermaid } from '../../../lib/saga/to-mermaid';
import { type Machine, readMachine } from './asl-meaning';
import { anyPlan, aStep, toSaga } from './made-up-saga';

interface Input {
  readonly id: string;
}
const same = ({ input }: { input: { id: unknown } }) => ({ id: input.id });
const call = (name: string) => ({ step: aStep(name), arguments: same as () => never, retry });
const settle = { step: aStep<{ outcome: 'abandoned' }>('Stay'), arguments: same as () => never, retry };
const ending = { whenUndone: call('Tell'), whenParked: call('Call') };

const trip = saga<Input, 'FULL' | 'SICK' | 'LATE'>('trip', 'id')
  .compensatable({ ...call('Book'), undo: call('Unbook'), refusals: { FullError: 'FULL' }, unavailable: 'SICK' })
  .compensatable({ ...call('Look'), undo: 'nothing', unavailable: 'SICK' })
  .pivot({ ...call('Leave'), abandon: settle, refusals: { LateError: 'LATE' }, unavailable: 'SICK' })
  .retryable({ ...call('Greet'), unavailable: 'SICK' })
  .ending(ending);

describe('the diagram of a saga', () => {
  it('has the steps, what follows when one gives up, the undos in reverse, and the endings', () => {
    expect(toMermaid(trip)).toBe(`flowchart TD
  Book["1 Book"]
  Look["2 Look"]
  Leave{{"3 Leave<br>pivot"}}
  Greet["4 Greet<br>never undone"]
  start(["trip"]) --> Book
  Book --> Look
  Look --> Leave
  Leave --> Greet
  Greet --> completed(["completed"])
  Greet -. "SICK" .-> Call

  Stay{"Stay<br>did Leave happen?"}
  Book -. "FULL<br>SICK" .-> Stay
  Look -. "SICK" .-> Stay
  Leave -. "LATE<br>SICK" .-> Stay
  Stay -- "happened" --> Greet
  Stay -. "not certain" .-> Call
  Unbook["Unbook<br>undoes Book"]
  Stay -. "abandoned" .-> Unbook
  Unbook -.-> allUndone

  allUndone{"all undone?"}
  allUndone -. "yes" .-> Tell
  allUndone -. "no" .-> Call
  Tell -.-> compensated(["compensated"])
  Tell -. "fails" .-> Call
  Call -.-> parked[["parked: somebody must look"]]`);
  });

  it('asks for no undos when there is nothing to undo', () => {
    const decision = saga<Input, 'SICK'>('decision', 'id')
      .pivot({ ...call('Leave'), abandon: settle, unavailable: 'SICK' })
      .ending(ending);

    expect(toMermaid(decision)).toContain('\n  Stay -- "happened" --> completed\n');
    expect(toMermaid(decision)).toContain('\n  Stay -. "abandoned" .-> Tell\n');
    expect(toMermaid(decision)).not.toContain('all undone?');
  });

  it('writes a code once for a step, however many of its errors have it', () => {
    const refusals = { FullError: 'FULL', CrowdedError: 'FULL' } as const;
    const crowded = saga<Input, 'FULL' | 'SICK'>('crowded', 'id')
      .compensatable({ ...call('Book'), undo: 'nothing', refusals, unavailable: 'SICK' })
      .pivot({ ...call('Leave'), abandon: settle, unavailable: 'SICK' })
      .ending(ending);

    expect(toMermaid(crowded)).toContain('Book -. "FULL<br>SICK" .-> Stay');
  });

  it('has the arrows of the state machine between its tasks, but for undos that are skipped', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const made = toSaga(plan);
        const ofMachine = arrowsOfMachine(readMachine(made));
        const ofDiagram = arrowsOfDiagram(toMermaid(made));

        const skips = ofMachine.filter((arrow) => /^Settle > (Undo\d|ReportUndone)$/.test(arrow));
        expect(ofDiagram.filter((arrow) => !ofMachine.includes(arrow))).toEqual([]);
        expect(ofMachine.filter((arrow) => !ofDiagram.includes(arrow) && !skips.includes(arrow))).toEqual([]);
      }),
    );
  });
});

/** From task to task, whatever is decided in between. */
function arrowsOfMachine({ States }: Machine): string[] {
  const tasksFrom = (name: string | undefined): string[] => {
    const state = States[name ?? ''];
    if (name === undefined || state === undefined) return [];
    if (state.Type === 'Task') return [name];
    return [...(state.Choices ?? []), { Next: state.Default }].flatMap(({ Next }) => tasksFrom(Next));
  };
  const arrows = Object.entries(States)
    .filter(([, { Type }]) => Type === 'Task')
    .flatMap(([from, { Next, Catch = [] }]) =>
      [{ Next }, ...Catch].flatMap((to) => toArrows(from, tasksFrom(to.Next))),
    );
  return [...new Set(arrows)];
}

function arrowsOfDiagram(text: string): string[] {
  const arrows = [...text.matchAll(/^ {2}(\w+)(?:\(\[.*?\]\))? (?:-->|-\.->|-- ".*?" -->|-\. ".*?" \.->) (\w+)/gm)];
  const isTask = (name: string) => /^[A-Z]/.test(name);
  const tasksFrom = (name: string): string[] =>
    isTask(name) ? [name] : arrows.filter(([, from]) => from === name).flatMap(([, , to = '']) => tasksFrom(to));
  return [...new Set(arrows.flatMap(([, from = '', to = '']) => (isTask(from) ? toArrows(from, tasksFrom(to)) : [])))];
}

const toArrows = (from: string, all: readonly string[]) => all.map((to) => `${from} > ${to}`);
