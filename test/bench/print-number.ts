// Numbers as people read them in the benchmark's tables. Used by the reports.

/** `1,234`, `8.3`, `–` for what was not measured: below ten one decimal counts. */
export function printNumber(value: number | undefined): string {
  if (value === undefined) return '–';
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
