// How often a law is tried: a few times with equal choices before each commit, so that a landing is no lottery; ten times as
// often, with choices of its own each time, by `npm run laws`.
export const isLong = process.env.LAWS === 'long'
export const times = (usual: number): number => (isLong ? usual * 10 : usual)
