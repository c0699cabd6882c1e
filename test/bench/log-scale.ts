// A logarithmic axis: where a value stands on it, and which values to write beside it. Used by report-svg.ts.

export class LogScale {
  private constructor(
    private readonly from: number,
    private readonly to: number,
    private readonly ends: readonly [number, number],
  ) {}

  /** From the least to the greatest of `values`, all above 0, with some room; `ends` are the places of both. */
  static over(values: readonly number[], ends: readonly [number, number]): LogScale {
    const room = 1.25;
    const least = values.length === 0 ? 1 : Math.min(...values);
    const greatest = values.length === 0 ? 10 : Math.max(...values);
    return new LogScale(Math.log10(least / room), Math.log10(greatest * room), ends);
  }

  /** Rounded to tenths. */
  place(value: number): number {
    const [start, end] = this.ends;
    const share = (Math.log10(value) - this.from) / (this.to - this.from);
    return Math.round((start + share * (end - start)) * 10) / 10;
  }

  /** 1, 2 and 5 times powers of ten, as many as lie within; only the powers where that would be many. */
  ticks(): number[] {
    const decades = Array.from(
      { length: Math.ceil(this.to) - Math.floor(this.from) + 1 },
      (_, index) => 10 ** (Math.floor(this.from) + index),
    );
    const steps = this.to - this.from > 2.5 ? [1] : [1, 2, 5];
    return decades
      .flatMap((decade) => steps.map((step) => step * decade))
      .filter((value) => Math.log10(value) >= this.from && Math.log10(value) <= this.to);
  }
}
