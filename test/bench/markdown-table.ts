// A table of Markdown whose columns also line up in plain text. Used by report-markdown.ts.

/** Columns of numbers stand to the right. */
export function printTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const columns = head.map((title, index) => {
    const cells = body.map((row) => row[index] ?? '');
    const isNumeric = cells.length > 0 && cells.every((cell) => /^(–|[\d,.]+( \(.*\))?)$/.test(cell));
    const width = Math.max(3, title.length, ...cells.map((cell) => cell.length));
    return { isNumeric, width };
  });
  const line = (row: readonly string[]): string =>
    `| ${columns
      .map(({ isNumeric, width }, index) => {
        const cell = row[index] ?? '';
        return isNumeric ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(' | ')} |`;
  const rule = columns.map(({ isNumeric, width }) =>
    isNumeric ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n');
}
