// Letters of other alphabets that look like ours: a Cyrillic "а" in `Pаtch-Status` is seen by no reader. Such a line
// is no tag; the mail's problems name the letter. (A few dozen letters of Unicode's confusables, those of tags' names.)

/** A sentence when the line is a tag but for letters that only look right; else null. */
export function lookAlike(line: string, isTag: (line: string) => boolean): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every letter of ASCII is as it looks
  if (!/[^\x00-\x7f]/.test(line.slice(0, 32))) return null
  const start = line.slice(0, 200)
  const name = start.match(/^#?[^\s:：꞉∶]{1,30}/)?.[0] ?? ''
  const odd = start.slice(0, name.length + 1).match(/[^\0-\x7f]/u)?.[0]
  if (odd === undefined || !isTag(skeleton(start))) return null
  const code = (odd.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const shown = /^\p{Cf}$/u.test(odd) ? 'an invisible character' : `"${odd}"`
  return `"${name}" is no tag: ${shown} in it (U+${code}) is not the letter that it looks like`
}

/** As a reader sees it, in ASCII as far as possible. */
export function skeleton(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/[^\0-\x7f]/gu, letter => latin.get(letter) ?? letter)
}

const pairs = [
  'аaеeоoрpсcхxуyіiѕsјjԁdһhкkтtвbмmнhԛqԝwӏlгrпnАAВBЕEКKМMНHОOРPСCТTХXУYІIЅSЈJЬb',
  'αaοoρpνvτtιiκkυuεeΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX',
  'ıiɑaɡgɩiʟlƖl‐-‒-–-—-−-꞉:∶:ː:',
]
const latin = new Map(
  pairs.flatMap(pair => [...pair].flatMap((one, at, all) => (at % 2 ? [] : [[one, all[at + 1] ?? '']]))) as [
    string,
    string,
  ][],
)
