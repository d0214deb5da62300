// The texts that programs and people ask of a public-inbox archive: help, how to mirror it, a configuration for that, and
// what there is to style.
import { searchPrefixes } from '../page/search-help.ts'
import { paths } from '../paths.ts'
import type { Place } from '../read/place.ts'

/** `base`: where the world sees the pages, without a slash at its end. Null for a text that there is not. */
export function archiveText(key: string, place: Place, base: string): string | null {
  switch (key) {
    case 'help':
      return helpText(place, base)
    case 'mirror':
      return mirrorText(place, base)
    case 'config':
      return place.lists.map(list => configText(list, base)).join('\n')
    case 'color':
      return colorText
    default:
      return null
  }
}

function helpText({ name }: Place, base: string): string {
  const address = base + paths.list(name)
  const width = Math.max(...searchPrefixes.map(([prefix]) => prefix.length)) + 2
  const prefixes = searchPrefixes.map(([prefix, finds]) => `    ${prefix.padEnd(width)}${finds}`)
  return `Help for ${address}

Mails are addressed by their Message-ID, without angle brackets and with "/" written as %2F:

    ${address}MESSAGE-ID/            the mail, on the page of its patchset, bug or thread
    ${address}MESSAGE-ID/raw         as it came, as mboxrd
    ${address}MESSAGE-ID/T/          its thread on one page
    ${address}MESSAGE-ID/t.mbox.gz   its thread as gzipped mboxrd
    ${address}MESSAGE-ID/t.atom      its thread as a feed
    ${address}new.atom               the newest mails as a feed
    ${address}?q=QUERY               search

b4 takes a page's address as it is, and finds newer revisions here with two settings:

    b4 am ${address}MESSAGE-ID/
    git config b4.midmask '${address}%s'
    git config b4.searchmask '${address}?x=m&t=1&q=%s'

lei:

    lei add-external ${address}
    lei q -I ${address} QUERY

Search

    Words, "phrases", beginnings* of words; AND, OR, NOT, + and - before a word, brackets. Prefixes:

${prefixes.join('\n')}

    An English word is found in all its forms (leak, leaks, leaked); in quotes, with a star or with a capital letter as it is
    written. By POST with x=m the mails come as gzipped mboxrd, with t=1 their whole threads:

    curl -d '' '${address}?q=s:wal&x=m' >results.mbox.gz
`
}

function mirrorText({ name, lists }: Place, base: string): string {
  const place = base + paths.list(name)
  const archives = lists.map(
    list => `    curl ${base}${paths.list(list.name)}all.mbox.gz >${list.name}.mbox.gz`,
  )
  return `How to mirror ${place}
${lists
  .filter(list => list.git)
  .map(list => gitText(list.name, base + paths.list(list.name)))
  .join('')}
All mails as gzipped mboxrd, without second copies:

${archives.join('\n')}

New mails as a feed: ${place}new.atom
A configuration for a mirror: ${place}_/text/config/raw
`
}

const gitText = (name: string, address: string): string => `
The log of ${name} as git repositories, one commit a mail, the first of which is

    git clone --mirror ${address}git/0.git ${name}/git/0.git

All of them (git/1.git and on begin when one is full; ${address}manifest.js.gz names them), and what is new later:

    public-inbox-clone ${address} ${name}
    cd ${name} && public-inbox-fetch

To search the mirror, and to read it with public-inbox's own programs:

    public-inbox-init -V2 ${name} ./${name} ${address} ADDRESS
    public-inbox-index ./${name}
`

/** Of git's kind: a name or an address holds no line end, and quotes are escaped. */
const configText = (
  { name, address }: Place['lists'][number],
  base: string,
): string => `[publicinbox "${quoted(name)}"]
	inboxdir = /path/to/${name}
	address = "${quoted(address)}"
	url = "${quoted(base + paths.list(name))}"
`

const quoted = (text: string) => text.replace(/["\\]/g, sign => `\\${sign}`)

const colorText = `Colours

The pages have light and dark colours of their own and follow the setting of the browser. A reader's own stylesheet can
change them; these names stay: .plus and .minus for what is added and removed, .q for what is quoted.
`
