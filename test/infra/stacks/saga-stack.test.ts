import validate from 'asl-validator';
import { sagas } from '../../../functions/services';
import { hasUndos, stepsOf, undoStepsOf } from '../../../lib/saga/rows';
import type { Saga } from '../../../lib/saga/saga';
import type { StepRef } from '../../../lib/saga/step-ref';
import { substitutionOf } from '../../../lib/saga/task-state';
import { toAsl, toUndoAsl } from '../../../lib/saga/to-asl';
import { pascalCase } from '../../../lib/service/names';
import { placeOf, Templates, valuesOf } from '../templates';

interface TaskState {
  readonly Type: string;
  readonly Arguments: { readonly FunctionName: string };
  readonly TimeoutSeconds: number;
}

/** A state machine as it is to be. */
interface Expected {
  readonly name: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly text: object;
  readonly steps: readonly StepRef[];
}

/** With STANDARD the saga's own state machine repairs as well, so there is none beside it. */
function expectedMachines(templates: Templates, saga: Saga): Expected[] {
  const type = templates.kind === 'express' ? 'EXPRESS' : 'STANDARD';
  const name = templates.stackName(saga.name);
  const whole = { text: toAsl(saga), steps: stepsOf(saga) };
  const undo = { text: toUndoAsl(saga), steps: undoStepsOf(saga) };
  return [
    { ...whole, name, type },
    ...(type === 'EXPRESS' ? [{ ...whole, name: `${name}-repair`, type: 'STANDARD' as const }] : []),
    ...(hasUndos(saga) ? [{ ...undo, name: `${name}-undo`, type: 'STANDARD' as const }] : []),
  ];
}

describe.each(['dev', 'prod', 'express'] as const)('the state machines of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const stack = templates.stackName('saga');
  const machines = templates.resources('AWS::StepFunctions::StateMachine');
  const expected = sagas.flatMap((saga) => expectedMachines(templates, saga));
  const find = (name: string) => machines.find(({ Properties }) => Properties.StateMachineName === name);

  it('are those of the sagas: one that carries out, one that repairs, one that undoes', () => {
    const made = machines.map(({ stack: where, Properties: p }) => [where, p.StateMachineName, p.StateMachineType]);

    expect(made).toEqual(expected.map(({ name, type }) => [stack, name, type]));
  });

  it.each(sagas)('of $name are told by their ARNs', ({ name }) => {
    const { Outputs = {} } = templates.byStack.get(stack) ?? {};
    const output = (role: string) =>
      templates.target(stack, Outputs[`${pascalCase(name)}${role}StateMachineArn`]?.Value ?? 'none');
    const place = (suffix: string) => {
      const machine = find(`${templates.stackName(name)}${suffix}`);
      return machine ? placeOf(machine) : 'none';
    };

    expect(output('')).toBe(place(''));
    expect(output('Repair')).toBe(kind === 'express' ? place('-repair') : place(''));
    expect(output('Undo')).toBe(place('-undo'));
  });

  describe.each(expected)('$name', ({ name, type, text, steps }) => {
    const machine = find(name);
    const properties = machine?.Properties ?? {};
    const definition = properties.DefinitionString as string;
    const arns = steps.map((step) => [substitutionOf(step), arnOf(templates, step)] as const);

    it('runs the very text that the rows are turned into', () => {
      expect(JSON.parse(definition)).toEqual(text);
    });

    it('has a value for every placeholder of the text and no other', () => {
      const placeholders = [...definition.matchAll(/\$\{(\w+)\}/g)].map(([, placeholder]) => placeholder);
      const substitutions = Object.entries(properties.DefinitionSubstitutions);

      expect(new Set(placeholders)).toEqual(new Set(substitutions.map(([key]) => key)));
      expect(substitutions.map(([key, value]) => [key, templates.text(stack, value)])).toEqual(arns);
    });

    it('is accepted as Amazon States Language once the values are put in', () => {
      const result = validate(JSON.parse(substituted(definition, Object.fromEntries(arns))));

      expect(result.isValid ? '' : result.errorsText()).toBe('');
    });

    it('calls functions that exist, each for longer than the function may take', () => {
      const { States } = JSON.parse(substituted(definition, Object.fromEntries(arns)));
      const tasks = (Object.values(States) as TaskState[]).filter(({ Type }) => Type === 'Task');

      expect(tasks.length).toBeGreaterThanOrEqual(steps.length);
      for (const { Arguments, TimeoutSeconds } of tasks) {
        const made = templates
          .resources('AWS::Lambda::Function')
          .filter(({ Properties }) => Arguments.FunctionName.endsWith(`:function:${Properties.FunctionName}`));
        expect(made).toHaveLength(1);
        expect(TimeoutSeconds).toBeGreaterThan(made[0]?.Properties.Timeout);
      }
    });

    it('has no time limit over the whole, which would end it without undoing anything', () => {
      expect(JSON.parse(definition)).not.toHaveProperty('TimeoutSeconds');
    });

    it('is traced, and logs without the data of orders: everything when there is no other history, else what went wrong', () => {
      const destination = valuesOf(properties.LoggingConfiguration, 'LogGroupArn').map((arn) =>
        templates.target(stack, arn),
      );
      const log = templates
        .resources('AWS::Logs::LogGroup', stack)
        .find(({ Properties }) => Properties.LogGroupName === `/aws/vendedlogs/states/${name}`);
      const Level = type === 'EXPRESS' ? 'ALL' : 'ERROR';

      expect(properties.TracingConfiguration).toEqual({ Enabled: true });
      expect(properties.LoggingConfiguration).toMatchObject({ Level, IncludeExecutionData: false });
      expect(log && destination).toEqual([`${log && placeOf(log)}.Arn`]);
      expect(log?.Properties.RetentionInDays).toBe(kind === 'prod' ? 90 : 7);
    });

    it('may invoke exactly the functions that its text calls', () => {
      const role = templates
        .resources('AWS::IAM::Role', stack)
        .find((candidate) => `${placeOf(candidate)}.Arn` === templates.target(stack, properties.RoleArn));
      const invocations = (role ? templates.statementsOf(role) : []).filter(({ actions }) =>
        actions.some((action) => /^(lambda|states):/.test(action)),
      );

      expect(invocations).toEqual([
        { effect: 'Allow', actions: ['lambda:InvokeFunction'], resources: arns.map(([, arn]) => arn).sort() },
      ]);
    });

    it('outlives its stack in production only', () => {
      expect(machine?.DeletionPolicy).toBe(kind === 'prod' ? 'Retain' : 'Delete');
    });
  });
});

function arnOf({ stage }: Templates, { service, handler }: { service: string; handler: string }): string {
  return `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:holdfast-${stage}-${service}-${handler}`;
}

/** As CloudFormation does it. The pseudo parameters of the values are given an example each: the validator reads ARNs. */
function substituted(definition: string, values: Readonly<Record<string, string>>): string {
  const examples: Record<string, string> = { Partition: 'aws', Region: 'eu-central-1', AccountId: '123456789012' };
  return definition
    .replace(/\$\{(\w+)\}/g, (_, key: string) => values[key] ?? '')
    .replace(/\$\{AWS::(\w+)\}/g, (_, key: string) => examples[key] ?? '');
}
