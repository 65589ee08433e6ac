import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CircuitOpenError } from '../lib/circuit-breaker/circuit-errors';
import { type CircuitOptions, checkOptions } from '../lib/circuit-breaker/options';
import { complaintsOfSnippets } from './support/compile-snippets';
import { codeBlocks, tableRows } from './support/markdown';

const ROOT = resolve(__dirname, '..');
const PAGE = 'docs/circuit-breaker.md';
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const page = read(PAGE);
const plain = (cell = '') => cell.replaceAll('`', '');

/** What is said against some options. */
function complaintOf(options: object): string {
  try {
    checkOptions(options as CircuitOptions);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** The default of an option as the page writes it. */
function defaultOf(option: string): string {
  const settings: Readonly<Record<string, unknown>> = { ...checkOptions({}) };
  if (option === 'judge') {
    const { judge } = checkOptions({});
    return `${judge({ value: 1 })} or ${judge({ error: 1 })}` === 'success or failure'
      ? 'what is thrown is a failure'
      : '';
  }
  const inSeconds = option.replace('Duration', '').replace('Seconds', 'Ms');
  const value = inSeconds === option ? Number(settings[option]) : Number(settings[inSeconds]) / 1000;
  return value === Number.POSITIVE_INFINITY ? 'none' : String(value);
}

describe('the options in docs/circuit-breaker.md', () => {
  const rows = tableRows(page, 'option');

  it('are those that there are', () => {
    const [, names = ''] = /there are (.*)$/.exec(complaintOf({ noSuchOption: 1 })) ?? [];

    expect(rows.map(([option]) => plain(option))).toEqual(names.split(/, | and /));
  });

  it.each(rows.map(([option, ...cells]) => [plain(option), ...cells] as const))(
    '%s has the default, the unit and the range that the code has',
    (option, written, unit, range) => {
      const complaint = complaintOf({ [option]: 'nonsense' });

      expect(written).toBe(defaultOf(option));
      expect(complaint).toMatch(new RegExp(`^${option} must be ${range}, got `));
      expect(unit === 's').toBe(option.endsWith('Seconds'));
    },
  );
});

describe('the constants in docs/circuit-breaker.md', () => {
  it.each(tableRows(page, 'constant').map(([name, value, file]) => [plain(name), value, file] as const))(
    '%s is %s in %s',
    (name, value, file) => {
      const [, literal = ''] =
        new RegExp(`^(?:export )?const ${name} = ([\\d_.]+);`, 'm').exec(read(`lib/circuit-breaker/${file}`)) ?? [];

      expect(literal.replaceAll('_', '')).toBe(value);
    },
  );
});

describe('what docs/circuit-breaker.md says of errors', () => {
  it('has a row for each reason of a refusal', () => {
    const [, union = ''] = /type OpenReason = ([^;]+);/.exec(read('lib/circuit-breaker/circuit-errors.ts')) ?? [];
    const reasons = [...union.matchAll(/'(\w+)'/g)].map((match) => match[1]);

    expect(
      tableRows(page, '`reason`')
        .map(([reason]) => plain(reason))
        .sort(),
    ).toEqual(reasons.sort());
  });

  it('gives the code and the status of CircuitOpenError', () => {
    const { code, status } = new CircuitOpenError('carrier', 'open', 1);

    expect(page).toContain(`code \`${code}\`, status ${status}`);
  });
});

describe('docs/circuit-breaker.md', () => {
  it('has TypeScript that compiles', () => {
    expect(codeBlocks(page, 'ts').length).toBeGreaterThan(10);
    expect(complaintsOfSnippets(PAGE, page)).toBe('');
  });

  it('has each drawing and each block of code in a fence that is closed, and of a language that is known', () => {
    const fences = [...page.matchAll(/^```(.*)$/gm)].map((match) => match[1] as string);

    expect(fences.filter((_, index) => index % 2 === 1 && fences[index] !== '')).toEqual([]);
    expect([...new Set(fences)].sort()).toEqual(['', 'mermaid', 'ts']);
    expect(fences.length % 2).toBe(0);
  });

  it('links to sections that it has', () => {
    const sections = [...page.matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] as string)
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]);

    expect(links.filter((link) => !sections.includes(link as string))).toEqual([]);
  });
});

describe('snippets', () => {
  it('that do not compile are found, each at its line in the page', () => {
    const text = "# Page\n\n```ts\nexport const ok = 1;\n```\n\n```ts\nimport { no } from '../lib/clock';\n```\n";

    const complaints = complaintsOfSnippets('docs/page.md', text);

    expect(complaints).toContain('docs/line-8.ts(8,10): error TS2305');
    expect(complaints).not.toContain('line-4');
  });
});
