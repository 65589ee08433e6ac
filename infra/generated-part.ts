/**
 * A page with what is generated between two markers, each of which is a line of its own; what stands around them stays.
 *
 * @param part tells several generated parts of one page apart
 * @throws {Error} unless the page has each marker once, in their order.
 */
export function withGenerated(page: string, text: string, part?: string): string {
  const named = part === undefined ? '' : `, ${part}`;
  const [begin, end] = [
    `<!-- written by npm run docs${named}: begin -->`,
    `<!-- written by npm run docs${named}: end -->`,
  ];
  const [before, rest, ...more] = page.split(begin);
  const [, after, ...others] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new Error(`the page must have one line "${begin}" and, after it, one line "${end}"`);
  }
  return `${before}${begin}\n\n${text}\n${end}${after}`;
}
