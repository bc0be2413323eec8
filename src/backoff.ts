/**
 * The pause before another attempt, in milliseconds: `first` for attempt 0, `factor` times as long for each attempt after
 * that, never longer than `longest`.
 */
export const backoff = (attempt: number, first: number, longest: number, factor = 1.5): number =>
  Math.min(first * factor ** attempt, longest)
