import validate from 'asl-validator';
import { sagas } from '../../../functions/services';
import { stepsOf, substitutionOf, toAsl } from '../../../lib/saga/to-asl';
import { pascalCase } from '../../../lib/service/names';
import { placeOf, Templates, valuesOf } from '../templates';

interface TaskState {
  readonly Arguments: { readonly FunctionName: string };
  readonly TimeoutSeconds: number;
}

describe.each(['dev', 'prod'] as const)('the state machines of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const stack = templates.stackName('saga');
  const machines = templates.resources('AWS::StepFunctions::StateMachine');

  it('are the sagas, one each', () => {
    expect(machines.map(({ stack: where, Properties }) => [where, Properties.StateMachineName])).toEqual(
      sagas.map(({ name }) => [stack, templates.stackName(name)]),
    );
  });

  describe.each(sagas.map((saga) => [saga.name, saga] as const))('%s', (name, saga) => {
    const machine = machines.find(({ Properties }) => Properties.StateMachineName === templates.stackName(name));
    const properties = machine?.Properties ?? {};
    const definition = properties.DefinitionString as string;
    const arns = stepsOf(saga).map((step) => [substitutionOf(step), arnOf(templates, step)] as const);

    it('runs the very text that the rows are turned into', () => {
      expect(JSON.parse(definition)).toEqual(toAsl(saga));
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
      const tasks = (Object.values(States) as Array<TaskState & { Type: string }>).filter(
        ({ Type }) => Type === 'Task',
      );

      expect(tasks.length).toBeGreaterThanOrEqual(stepsOf(saga).length);
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

    it('is durable: a workflow of type STANDARD', () => {
      expect(properties.StateMachineType).toBe('STANDARD');
    });

    it('is traced, and logs what went wrong without the data of orders', () => {
      const destination = valuesOf(properties.LoggingConfiguration, 'LogGroupArn').map((arn) =>
        templates.target(stack, arn),
      );
      const log = templates
        .resources('AWS::Logs::LogGroup', stack)
        .find(({ Properties }) => Properties.LogGroupName === `/aws/vendedlogs/states/${templates.stackName(name)}`);

      expect(properties.TracingConfiguration).toEqual({ Enabled: true });
      expect(properties.LoggingConfiguration).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
      expect(log && destination).toEqual([`${log && placeOf(log)}.Arn`]);
      expect(log?.Properties.RetentionInDays).toBe(kind === 'prod' ? 90 : 7);
    });

    it('may invoke exactly the functions of its steps', () => {
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

    it('tells its ARN, and outlives its stack in production only', () => {
      const output = templates.byStack.get(stack)?.Outputs?.[`${pascalCase(name)}StateMachineArn`];

      expect(templates.target(stack, output?.Value)).toBe(machine && placeOf(machine));
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
