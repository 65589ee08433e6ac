import { withGenerated } from '../../infra/generated-part';

const BEGIN = '<!-- written by npm run docs, table: begin -->';
const END = '<!-- written by npm run docs, table: end -->';

describe('a generated part of a page', () => {
  it('replaces what is between its markers, and leaves other parts alone', () => {
    const others = '<!-- written by npm run docs: begin -->\nkept\n<!-- written by npm run docs: end -->';

    expect(withGenerated(`# Title\n\n${others}\n\n${BEGIN}\nold\n${END}\n\nThe end.\n`, 'new\n', 'table')).toBe(
      `# Title\n\n${others}\n\n${BEGIN}\n\nnew\n\n${END}\n\nThe end.\n`,
    );
  });

  it('is the same when it is written again', () => {
    const once = withGenerated(`${BEGIN}\n${END}`, 'new\n', 'table');

    expect(withGenerated(once, 'new\n', 'table')).toBe(once);
  });

  it('is refused when the page has no place for it', () => {
    expect(() => withGenerated(`${BEGIN}\n${END}`, 'new', 'diagram')).toThrow(
      'the page must have one line "<!-- written by npm run docs, diagram: begin -->"',
    );
  });
});
