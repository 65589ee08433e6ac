/** The rows of the first table whose header begins with `first`, each a list of cells. */
export function tableRows(text: string, first: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.split('|')[1]?.trim() === first);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end === -1 ? undefined : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** A block of code in a page. */
export interface CodeBlock {
  /** Of its first line in the page, from 1. */
  readonly line: number;
  readonly text: string;
}

/** The fenced blocks of a language, such as `ts`. */
export function codeBlocks(text: string, language: string): CodeBlock[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ({ index, 1: block = '' }) => ({
      line: text.slice(0, index).split('\n').length + 1,
      text: block,
    }),
  );
}
