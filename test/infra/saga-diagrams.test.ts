import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { sagas } from '../../functions/services';
import { withDiagrams } from '../../infra/saga-diagrams';

const BEGIN = '<!-- written by npm run docs: begin -->';
const END = '<!-- written by npm run docs: end -->';

describe('docs/saga-diagrams.md', () => {
  it('has the diagrams of the sagas as they are; npm run docs writes them', () => {
    const page = readFileSync(resolve(__dirname, '../../docs/saga-diagrams.md'), 'utf8');

    expect(page).toBe(withDiagrams(page, sagas));
  });
});

describe('a page of diagrams', () => {
  it('keeps what stands around the markers', () => {
    const page = withDiagrams(`# Title\n\n${BEGIN}\nwhat was there\n${END}\n\nThe end.\n`, []);

    expect(page).toBe(`# Title\n\n${BEGIN}\n\n\n${END}\n\nThe end.\n`);
  });

  it('has a heading and a drawing for each saga', () => {
    const page = withDiagrams(`${BEGIN}\n${END}`, sagas);

    expect([...page.matchAll(/^## (\S+)\n\n```mermaid\nflowchart TD\n/gm)].map(([, name]) => name)).toEqual(
      sagas.map(({ name }) => name),
    );
  });

  it.each([
    ['no markers', '# Title\n'],
    ['no end', `${BEGIN}\n`],
    ['no beginning', `${END}\n`],
    ['the end first', `${END}\n${BEGIN}\n`],
    ['two beginnings', `${BEGIN}\n${BEGIN}\n${END}\n`],
    ['two ends', `${BEGIN}\n${END}\n${END}\n`],
  ])('is refused with %s', (_, page) => {
    expect(() => withDiagrams(page, sagas)).toThrow('the page must have one line');
  });
});
