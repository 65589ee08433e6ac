import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { STUCK_AFTER_MS } from '../functions/operations/audit/check-orders';
import { RejectionCode } from '../functions/orders/order-schemas';
import { EXPRESS_OVER_AFTER_MS } from '../functions/orders/take-up-saga';
import { services } from '../functions/services';
import { FAULT_KINDS } from '../infra/local/faults/fault';
import { resourceTypes } from '../infra/local/resources/resource-types';
import {
  budgetSeconds,
  PARTY_UNDO_RETRY,
  STEP_RETRY,
  UNDO_RETRY,
  waitsLeftMs,
  waitsSeconds,
} from '../lib/saga/retry-policy';
import { ORDERS_OF_OUTAGE } from './stories/outage';
import { carrierOutage, demoStories } from './stories/stories';
import { tableRows } from './support/markdown';

const ROOT = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const readme = read('README.md');

/** Every source file below a folder. */
function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join(folder, name)));
}

describe('README.md', () => {
  it('has a table of services that is what the contracts say', () => {
    const rows = services.map(({ name, summary, handlers, events = [] }) => {
      const triggers = Object.values(handlers).map(({ trigger }) => trigger);
      const routes = triggers.flatMap((trigger) => (trigger.kind === 'http' ? trigger.routes : []));
      const steps = triggers.flatMap((trigger) => (trigger.kind === 'step' ? [trigger.name] : []));
      const heard = triggers.flatMap((trigger) =>
        trigger.kind === 'events' ? trigger.consumes.map(({ event }) => event.type) : [],
      );
      const code = (words: string[]) => (words.length > 0 ? words.map((word) => `\`${word}\``).join(' ') : '–');
      return [
        name,
        summary,
        code(routes.map(({ method, path }) => `${method} ${path}`)),
        code(steps),
        code(events.map(({ type }) => type)),
        code(heard),
      ];
    });

    const toComparable = ([name, summary, ...lists]: string[]) => [name, summary, ...lists.map((list) => sorted(list))];
    expect(tableRows(readme, 'service').map(toComparable)).toEqual(rows.map(toComparable));
  });

  it('names only scripts that exist, and all that a user runs', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/npm (?:run (?:--silent )?)?(start|test|[a-z]+)/g)].map(
      (match) => match[1] as string,
    );

    expect(named.filter((name) => name !== 'ci' && !(name in scripts))).toEqual([]);
    expect(['start', 'test', 'demo', 'token', 'deploy', 'audit'].filter((name) => !named.includes(name))).toEqual([]);
  });

  it('shows the flags that npm start knows, with their defaults', () => {
    const options = read('infra/start-options.ts');
    const known = [...options.matchAll(/^ {6}'?([a-z-]+)'?: \{ type:/gm)].map((match) => `--${match[1]}`);
    const shown = tableRows(readme, 'flag (after `--`)').map(([flag = '']) => flag.replaceAll('`', '').split(' ')[0]);

    expect(shown.sort()).toEqual(known.sort());
  });

  it('shows the stories that the demo plays, as it plays them', () => {
    const titles = [...readme.matchAll(/^ {4}order (\d+): (.+)$/gm)].map((match) => ({
      number: Number(match[1]),
      title: match[2],
    }));

    expect(titles.length).toBeGreaterThan(0);
    for (const { number, title } of titles) expect(demoStories[number - 1]?.title).toBe(title);
    const first = demoStories.findIndex(({ title }) => title === carrierOutage.comesAfter) + 2;
    const last = first + ORDERS_OF_OUTAGE - 1;
    expect(readme).toContain(`\n    orders ${first} to ${last}: ${carrierOutage.title}\n`);
  });

  it('names payment tokens and postal codes that the sandbox knows', () => {
    const sandbox = sources('functions/sandbox').join('\n');
    const named = [...readme.matchAll(/`(tok_\w+|\d{5})`/g)].map((match) => match[1] as string);

    expect(named).toEqual(expect.arrayContaining(['tok_ok', 'tok_refund_fails', '00000', '99998']));
    expect(named.filter((name) => !sandbox.includes(`'${name}'`) && !sandbox.includes(`${name}:`))).toEqual([]);
  });

  it('names outputs that the stacks have', () => {
    const infra = sources('infra/stacks').join('\n');

    for (const output of ['MachineClientId', 'UserPoolId', 'TokenUrl', 'ApiUrl']) {
      expect(readme).toContain(output);
      expect(infra).toContain(`'${output}'`);
    }
  });
});

describe('docs/errors.md', () => {
  const page = read('docs/errors.md');
  const documented = [...page.matchAll(/^\| (?:`\w+Error` \| )?`([A-Z][A-Z_]+)`/gm)].map((match) => match[1] as string);
  const used = [...sources('lib'), ...sources('functions'), ...sources('infra/stacks')].flatMap((text) =>
    [
      ...text.matchAll(
        /\bcode: '([A-Z][A-Z_]+)'|'INTERNAL_ERROR'|^ {2}\['[A-Z0-9_]+', (?:\d+|undefined), '([A-Z_]+)'/gm,
      ),
    ].map((match) => match[1] ?? match[2] ?? 'INTERNAL_ERROR'),
  );

  it('explains every code that the source uses', () => {
    expect([...new Set(used)].filter((code) => !documented.includes(code))).toEqual([]);
  });

  it('explains no code that the source does not use', () => {
    const known = [...used, ...RejectionCode.options];

    expect(documented.filter((code) => !known.includes(code))).toEqual([]);
  });

  it('explains every reason for which an order is rejected', () => {
    const section = page.slice(page.indexOf('## Why an order is rejected'), page.indexOf('## Errors of a saga'));

    expect(
      tableRows(section, 'code')
        .map(([code = '']) => code.replaceAll('`', ''))
        .sort(),
    ).toEqual([...RejectionCode.options].sort());
  });
});

describe('docs/sagas.md', () => {
  const rows = tableRows(read('docs/sagas.md'), 'budget');

  /** The waits until they stay the same. */
  const listed = (waits: readonly number[]) => {
    const same = waits.findIndex((wait, at) => wait === waits[at + 1]);
    return same < 0 ? waits.join(', ') : `${waits.slice(0, same).join(', ')}, then ${waits[same]}`;
  };

  it.each([
    ['STEP_RETRY', STEP_RETRY],
    ['UNDO_RETRY', UNDO_RETRY],
    ['PARTY_UNDO_RETRY', PARTY_UNDO_RETRY],
  ] as const)('gives the budget of %s as it is', (name, policy) => {
    const { maxAttempts, whileOpen } = policy;

    expect(rows.find(([first = '']) => first.includes(`\`${name}\``))?.slice(1)).toEqual([
      whileOpen ? `${maxAttempts}, and ${whileOpen.maxAttempts} while its circuit is open` : String(maxAttempts),
      [policy, ...(whileOpen ? [whileOpen] : [])].map((backoff) => listed(waitsSeconds(backoff))).join(', and '),
      `${budgetSeconds(policy, 10)} s`,
      `${budgetSeconds(policy, 20)} s`,
    ]);
  });

  it('says what a step waits for an open circuit, and how long an undo does', () => {
    const { whileOpen = STEP_RETRY } = PARTY_UNDO_RETRY;

    expect(waitsLeftMs(STEP_RETRY)).toEqual([3500, 3000, 2000, 0]);
    expect(Math.round((waitsLeftMs(whileOpen)[0] ?? 0) / 60_000)).toBe(20);
    expect(Math.round(budgetSeconds(PARTY_UNDO_RETRY, 20) / 60)).toBe(62);
    expect(STUCK_AFTER_MS).toBe(3 * 3_600_000);
  });

  it('says how long the sweeper leaves an Express saga alone', () => {
    expect(EXPRESS_OVER_AFTER_MS).toBe(7 * 60_000);
  });
});

describe('docs/local-cloud.md', () => {
  it('lists the resource types that exist, and no other', () => {
    const listed = tableRows(read('docs/local-cloud.md'), 'type').map(([type = '']) => type.replaceAll('`', ''));

    expect(listed.sort()).toEqual(Object.keys(resourceTypes({ apiUrl: '', awsUrl: '' })).sort());
  });
});

describe('the faults in docs/local-cloud.md', () => {
  it('are those that can be asked for', () => {
    const listed = tableRows(read('docs/local-cloud.md'), 'kind').map(([kind = '']) => kind.replaceAll('`', ''));

    expect(listed).toEqual(FAULT_KINDS);
  });
});

describe('the pages', () => {
  const pages = [
    'README.md',
    'lib/README.md',
    'CHANGELOG.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];

  it.each(pages)('%s links to files that exist', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] as string);

    expect(links.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
  });

  it.each(pages)('%s begins with a title', (page) => {
    expect(read(page)).toMatch(/^# \S/);
  });
});

describe('lib/README.md', () => {
  it('has a line for each folder of lib', () => {
    const folders = readdirSync(join(ROOT, 'lib'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const listed = tableRows(read('lib/README.md'), 'folder').flatMap(([cell = '']) =>
      [...cell.matchAll(/`(\w[\w-]*)\/`/g)].map((match) => match[1]),
    );

    expect(listed.sort()).toEqual(folders.map(({ name }) => name).sort());
  });
});

function sorted(cell = ''): string {
  return cell.split('` `').join('`|`').split('|').sort().join(' ');
}
