// The number of a check in the API. One mail may report many, and whoever writes one must know its number before it is sorted.

/** More than these of one mail have no number. */
export const checksOfMailMax = 1_000

/** Of the check that stands at `index` (from 0) among those of the mail at this place of the log. */
export const checkId = (seq: number, index: number): number => seq * checksOfMailMax + index
