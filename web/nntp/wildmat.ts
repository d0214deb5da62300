// The patterns by which NNTP names groups (RFC 3977 4): `tarn.*,!tarn.tests`. The last one that fits decides.

/** Whether a name is meant. Of two stars in a row one says the same; no pattern is looked at twice for a letter. */
export function wildmat(patterns: string): (name: string) => boolean {
  const list = patterns.split(',').map(one => ({
    not: one.startsWith('!'),
    pattern: one.replace(/^!/, '').replace(/\*+/g, '*'),
  }))
  return name => {
    const found = list.findLast(({ pattern }) => fits(pattern, name))
    return found !== undefined && !found.not
  }
}

/** Linear in both but for the last star, to which it goes back; a regular expression of many stars would not end. */
function fits(pattern: string, name: string): boolean {
  let [at, from, star, held] = [0, 0, -1, 0]
  while (from < name.length) {
    if (pattern[at] === '*') [star, held] = [at++, from]
    else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[from]))
      [at, from] = [at + 1, from + 1]
    else if (star >= 0) [at, from] = [star + 1, ++held]
    else return false
  }
  return /^\*?$/.test(pattern.slice(at))
}
