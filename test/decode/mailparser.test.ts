// mailparser is the yardstick: what it reads otherwise is listed here, each with the reason.
import { simpleParser } from 'mailparser'
import { expect, test } from 'vitest'
import { decodeWords } from '../../tracker/decode/words.ts'
import { textOnly } from '../compare/mailparser.ts'
import { decodeFixture, fixtureBytes, fixtureNames } from './fixture.ts'

const joins = 'mailparser always adds a line end between two parts, we only where one is missing'
const differs: { readonly [fixture: string]: string } = {
  'alternative-empty-plain': 'a blank alternative says nothing, so we read the HTML',
  'attached-patch': 'an inline part named like a patch is a patch and not the body',
  'bare-patch': 'mailparser calls the whole mail an attachment; its reader reads it',
  'base64-dos-file': 'CR inside a patch of a file with CRLF lines is content',
  'base64-footer': 'mailparser decodes a plain footer as base64',
  'base64-lie': 'mailparser decodes plain text as base64',
  bom: 'a byte order mark is no text',
  'boundary-not-found': 'mailparser shows nothing',
  'boundary-same': joins,
  'broken-base64': 'bytes that are not UTF-8 are shown as windows-1252, not as replacement signs',
  'cr-only': 'mailparser finds no header',
  digest: 'mailparser shows the mails of a digest as the text of this one',
  'empty-part': joins,
  'flowed-patch': 'undoing all of format=flowed ruins patches',
  'flowed-stuffed-patch': 'undoing all of format=flowed ruins patches',
  'html-only': 'making text of HTML is switched off here: it is a matter of taste',
  'html-with-footer': 'making text of HTML is switched off here',
  'latin1-in-utf8': 'bytes that are not UTF-8 are shown as windows-1252, not as replacement signs',
  'no-boundary': 'mailparser shows nothing',
  'no-end': joins,
  'opaque-signed': 'mailparser leaves S/MIME closed',
  'plain-with-html-footer': joins,
  'quoted-printable': 'white space at line ends may be a blank context line of a patch',
  'raw-8-bit-header': 'a header byte that is not UTF-8 is shown as windows-1252, not as a replacement sign',
  'signed-with-footer': joins,
  'text-first': 'text without a header is text, also its first paragraph',
}

const squeezed = (text: string | undefined) => (text ?? '').replace(/\s+/g, ' ').trim()

test.each(fixtureNames)('%s', async name => {
  const ours = decodeFixture(name)
  const theirs = await simpleParser(fixtureBytes(name), textOnly)
  const subject = ours.headers.find(header => header.name === 'subject')?.value ?? ''
  const ourReading = [squeezed(decodeWords(subject)), ours.body]
  const theirReading = [squeezed(theirs.subject), theirs.text ?? '']
  // A difference that is gone has to leave the list.
  if (name in differs) expect(ourReading, differs[name]).not.toEqual(theirReading)
  else expect(ourReading).toEqual(theirReading)
})
