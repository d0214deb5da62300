// The short form, which `.ci/run` runs in less than a minute, looks at some of everything; the long one at all of it.
export const isLong = process.env.BROWSER === 'long'

/** Of what there are many alike, the short form takes some, spread over all. */
export const someOf = <T>(all: readonly T[], short: number): readonly T[] =>
  isLong ? all : all.filter((_, at) => at % Math.max(1, Math.floor(all.length / short)) === 0).slice(0, short)
