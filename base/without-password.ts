/** However it is written: what is shown may be no URL at all, because the password has a letter that none may have. */
export function withoutPassword(url: string): string {
  const start = url.slice(0, shownMax)
  const at = start.lastIndexOf('@')
  const colon =
    /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:postgres(?:ql)?|smtps?):\/?)?[^:]*/i.exec(start)?.[0].length ??
    start.length
  const plain = at > colon ? `${start.slice(0, colon)}:...${start.slice(at)}` : start
  return plain.replace(/(\b\w{0,40}pass\w{0,40}\s{0,5}=\s{0,5})[^&\s]+/gi, '$1...')
}

const shownMax = 2_000
