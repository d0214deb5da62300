// The little statistics that a soak needs.

/** The value below which this share of the values lies; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export interface Sample {
  /** Minutes since the start. */
  readonly at: number
  readonly bytes: number
}

export interface Fit {
  readonly bytesPerMinute: number
  /** How much of the differences the line explains, 0 to 1: noise has no direction. */
  readonly explained: number
  readonly mean: number
}

/** The straight line through the samples, by least squares. */
export function fitLine(samples: readonly Sample[]): Fit {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / Math.max(1, samples.length)
  const at = mean(sample => sample.at)
  const bytes = mean(sample => sample.bytes)
  const covariance = mean(sample => (sample.at - at) * (sample.bytes - bytes))
  const varianceAt = mean(sample => (sample.at - at) ** 2)
  const varianceBytes = mean(sample => (sample.bytes - bytes) ** 2)
  return {
    bytesPerMinute: varianceAt === 0 ? 0 : covariance / varianceAt,
    explained: varianceAt * varianceBytes === 0 ? 0 : covariance ** 2 / (varianceAt * varianceBytes),
    mean: bytes,
  }
}

/** Above one per cent a minute and not just noise: it would have doubled after a good hour. */
export const growsWithoutBound = ({ bytesPerMinute, explained, mean }: Fit): boolean =>
  bytesPerMinute > mean / 100 && explained > 0.5
