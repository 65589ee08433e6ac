import { App, Stack } from 'aws-cdk-lib';
import { sagas } from '../../../functions/services';
import { SagaGrants } from '../../../infra/constructs/saga-grants';
import { hasUndos } from '../../../lib/saga/rows';
import type { HandlerContract } from '../../../lib/service/contract';
import type { Workflow } from '../../../lib/service/names';

type Sagas = Pick<HandlerContract, 'starts' | 'repairs' | 'undoes' | 'watches'>;

const undone = sagas.find((saga) => hasUndos(saga))?.name ?? '';
const neverUndone = sagas.find((saga) => !hasUndos(saga))?.name ?? '';
const HERE = 'eu-west-1:123456789012';

/** What a handler with these sagas is granted, as `<action> <last part of the ARN>`, and told. */
function granted(contract: Sagas, workflow: Workflow = 'STANDARD') {
  const stack = new Stack(new App(), 'stack', { env: { region: 'eu-west-1', account: '123456789012' } });
  const grants: string[] = [];
  const environment: Record<string, string> = {};
  const short = (text: string) =>
    text
      .replace(stack.partition, 'aws')
      .replace(/^arn:aws:/, '')
      .replace(`:${HERE}`, '');
  const made = Object.assign(stack, {
    allow: (actions: readonly string[], resources: readonly string[]) => {
      for (const action of actions) grants.push(...resources.map((resource) => `${action} ${short(resource)}`));
    },
    setEnvironment: (name: string, value: string) => {
      environment[name] = short(value);
    },
  });
  const handler: HandlerContract = { trigger: { kind: 'schedule', everyMinutes: 1 }, timeoutSeconds: 1, ...contract };
  new SagaGrants(made, sagas, { stage: 'dev', workflow }).add(handler);
  return { grants: grants.sort(), environment };
}

describe('what a handler may do with sagas', () => {
  it('is nothing, and it is told nothing, when its contract names none', () => {
    expect(granted({})).toEqual({ grants: [], environment: {} });
  });

  it.each(['STANDARD', 'EXPRESS'] as const)(
    'is to start the own state machine of a saga that it starts, %s',
    (type) => {
      expect(granted({ starts: ['place-order'] }, type)).toEqual({
        grants: ['states:StartExecution states:stateMachine:holdfast-dev-place-order'],
        environment: {
          STATE_MACHINE_ARN_PLACE_ORDER: 'states:stateMachine:holdfast-dev-place-order',
          WORKFLOW: type,
        },
      });
    },
  );

  it('is to start only the machine that undoes, and to look at the others, of a saga that it undoes', () => {
    expect(granted({ undoes: ['place-order'] }).grants).toEqual([
      'states:DescribeExecution states:execution:holdfast-dev-place-order-undo:*',
      'states:DescribeExecution states:execution:holdfast-dev-place-order:*',
      'states:StartExecution states:stateMachine:holdfast-dev-place-order-undo',
    ]);
  });

  it('is to start and to look at the standard state machines of a saga that it repairs', () => {
    expect(undone).toBe('place-order');
    expect(granted({ repairs: ['place-order'] })).toEqual({
      grants: [
        'states:DescribeExecution states:execution:holdfast-dev-place-order-undo:*',
        'states:DescribeExecution states:execution:holdfast-dev-place-order:*',
        'states:StartExecution states:stateMachine:holdfast-dev-place-order',
        'states:StartExecution states:stateMachine:holdfast-dev-place-order-undo',
      ],
      environment: {
        REPAIR_MACHINE_ARN_PLACE_ORDER: 'states:stateMachine:holdfast-dev-place-order',
        UNDO_MACHINE_ARN_PLACE_ORDER: 'states:stateMachine:holdfast-dev-place-order-undo',
        WORKFLOW: 'STANDARD',
      },
    });
    expect(granted({ repairs: ['place-order'] }, 'EXPRESS')).toEqual({
      grants: [
        'states:DescribeExecution states:execution:holdfast-dev-place-order-repair:*',
        'states:DescribeExecution states:execution:holdfast-dev-place-order-undo:*',
        'states:StartExecution states:stateMachine:holdfast-dev-place-order-repair',
        'states:StartExecution states:stateMachine:holdfast-dev-place-order-undo',
      ],
      environment: {
        REPAIR_MACHINE_ARN_PLACE_ORDER: 'states:stateMachine:holdfast-dev-place-order-repair',
        UNDO_MACHINE_ARN_PLACE_ORDER: 'states:stateMachine:holdfast-dev-place-order-undo',
        WORKFLOW: 'EXPRESS',
      },
    });
  });

  it('does not speak of an undo of a saga that has none', () => {
    const { grants, environment } = granted({ repairs: [neverUndone], watches: [neverUndone] });

    expect(neverUndone).not.toBe('');
    expect(JSON.stringify([grants, environment])).not.toMatch(/undo/i);
  });

  it('is to read the histories of a saga that it watches, and the log where there is no history', () => {
    expect(granted({ watches: ['place-order'] })).toEqual({
      grants: [
        'states:GetExecutionHistory states:execution:holdfast-dev-place-order-undo:*',
        'states:GetExecutionHistory states:execution:holdfast-dev-place-order:*',
      ],
      environment: {
        STATE_MACHINE_ARN_PLACE_ORDER: 'states:stateMachine:holdfast-dev-place-order',
        REPAIR_MACHINE_ARN_PLACE_ORDER: 'states:stateMachine:holdfast-dev-place-order',
        UNDO_MACHINE_ARN_PLACE_ORDER: 'states:stateMachine:holdfast-dev-place-order-undo',
        WORKFLOW: 'STANDARD',
      },
    });
    expect(granted({ watches: ['place-order'] }, 'EXPRESS').grants).toEqual([
      'logs:FilterLogEvents logs:log-group:/aws/vendedlogs/states/holdfast-dev-place-order:*',
      'states:GetExecutionHistory states:execution:holdfast-dev-place-order-repair:*',
      'states:GetExecutionHistory states:execution:holdfast-dev-place-order-undo:*',
    ]);
  });

  it('is granted once where two reasons grant it', () => {
    const { grants } = granted({ starts: ['place-order'], repairs: ['place-order'] });

    expect(grants).toEqual([...new Set(grants)]);
  });

  it('is refused for a saga that does not exist', () => {
    expect(() => granted({ repairs: ['lose-order'] })).toThrow('there is no saga lose-order');
    expect(() => granted({ starts: ['lose-order'] })).toThrow('there is no saga lose-order');
  });
});
