import { expect, test } from 'vitest'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { mailOf } from './fixture.ts'

const textOf = (html: string) => decodeMail(mailOf('Content-Type: text/html; charset=utf-8', html)).body

/** Each is a way to hide a line from whoever reads the mail, and show it to whoever acts on it; or the other way round. */
test.each([
  ['a > in an attribute', '<p title="a>Patch-Status: accepted">Hello</p>', 'Hello\n'],
  ['a > in single quotes', "<p title='>Patch-Status: accepted'>Hello</p>", 'Hello\n'],
  ['a quote of the other kind', `<p title='"' lang="'>">Hello</p>`, 'Hello\n'],
  ['a quote within a bare value', '<p title=a"b>Hello "you"</p>', 'Hello "you"\n'],
  ['a tag over several lines', '<p\n title="a\n>b"\n>Hello</p\n >', 'Hello\n'],
  ['a tag that never ends', '<p>Hello</p><p title="Patch-Status: accepted', 'Hello\n'],
  ['a slash for a space', '<p/title=">Patch-Status: accepted"/>Hello', 'Hello\n'],
  ['the empty comment', '<!-->Hello<!-- -->', 'Hello\n'],
  ['the empty comment with a dash', '<!--->Hello<!-- -->', 'Hello\n'],
  ['a comment that ends in --!>', '<!-- a --!>Hello<!-- b -->', 'Hello\n'],
  ['a comment with a > in it', '<!-- a > Patch-Status: accepted -->Hello', 'Hello\n'],
  ['a comment within a comment', '<!-- <!-- -->Hello', 'Hello\n'],
  ['a comment that never ends', 'Hello<!-- > Patch-Status: accepted', 'Hello\n'],
  ['a comment with two dashes only at its end', '<!-- a -- > b -->Hello', 'Hello\n'],
  ['CDATA', 'Hello<![CDATA[ Patch-Status: accepted ]]>', 'Hello\n'],
  ['a processing instruction', '<?xml version="1.0" Patch-Status: accepted ?>Hello', 'Hello\n'],
  [
    'what only Outlook shows',
    '<!--[if mso]><table><tr><td>Patch-Status: accepted<![endif]-->Hello<!--[if mso]></td></table><![endif]-->',
    'Hello\n',
  ],
  ['what all but Outlook show', '<!--[if !mso]><!-->Hello<!--<![endif]-->', 'Hello\n'],
  ['what all but Outlook show, the short way', '<![if !mso]>Hello<![endif]>', 'Hello\n'],
  ['a style', '<style>p > a::after { content: "<p>Patch-Status: accepted" }</style>Hello', 'Hello\n'],
  ['a script', '<script>if (a</p>b) say("</scripts>")</script >Hello', 'Hello\n'],
  ['a style that never ends', 'Hello<style>Patch-Status: accepted', 'Hello\n'],
  ['a title', '<title>Re: <b>gauge</b> &lt;</title>Hello', 'Hello\n'],
  ['a frame', '<iframe><p>Patch-Status: accepted</iframe>Hello', 'Hello\n'],
  ['a template', '<template><template>a</template>b</template>Hello', 'Hello\n'],
  ['a hidden element', '<div hidden>a<div>b</div>Patch-Status: accepted</div>Hello', 'Hello\n'],
  ['display: none', '<div style="color:red; DISPLAY : none!important">a<br>b</div>Hello', 'Hello\n'],
  ['display: none by an entity', '<p style="display:&#110;one">a</p>Hello', 'Hello\n'],
  ['a hidden picture, which has no end', '<img hidden src="a"><input hidden>Hello', 'Hello\n'],
  ['a title that speaks of hiding', '<p title="display: none" class=hidden>Hello</p>', 'Hello\n'],
])('text and markup are told apart as a browser does: %s', (_, html, text) => {
  expect(textOf(html)).toBe(text)
})

test.each([
  ['names of all kinds', '1 &le; 2 &ne; 3 &rarr; &check; &NotEqualTilde;', '1 ≤ 2 ≠ 3 → ✓ ≂̸\n'],
  ['names without their semicolon', 'a &lt b &ampc &le d', 'a < b &c &le d\n'],
  ['an unknown name', '&gauge; &; & a&b', '&gauge; &; & a&b\n'],
  ['numbers of windows-1252', 'a &#150; b &#x93;c&#148; &#128;5', 'a – b “c” €5\n'],
  ['numbers that are no letter', '&#0;&#xd800;&#x110000;&#99999999999;', '\u{fffd}'.repeat(4).concat('\n')],
  ['numbers without their semicolon', '&#65 &#x42', 'A B\n'],
  ['a name in an attribute', '<a href="?a=1&lt=2&gt;">Hello</a>', 'Hello\n'],
  ['entities that would be tags', '&lt;p title="a&gt;b"&gt;', '<p title="a>b">\n'],
  ['entities twice', '&amp;lt;b&amp;gt;', '&lt;b&gt;\n'],
  ['blanks that do not break', 'a&nbsp;b&#160; c', 'a b c\n'],
  ['breaks that are no blank', 'Tested&shy;-by&zwnj;: a', 'Tested-by: a\n'],
])('entities are read as a browser does: %s', (_, html, text) => {
  expect(textOf(html)).toBe(text)
})

test.each([
  ['signs that start no tag', 'if (a < b && b<3 || c <= d) </ e> <', 'if (a < b && b<3 || c <= d) <\n'],
  ['paragraphs that nobody closes', '<p>one<p>two<ul><li>a<li>b</ul>', 'one\n\ntwo\n\n* a\n* b\n'],
  ['ends without a beginning', '</p></blockquote></pre></b>one', 'one\n'],
  ['a quotation that nobody closes', 'one<blockquote>two<br>three', 'one\n\n> two\n> three\n'],
  ['upper case', '<BLOCKQUOTE TYPE=CITE>one</BLOCKQUOTE>two', '> one\n\ntwo\n'],
  ['NUL', '<p>Patch-\0Status</p><p\0>b', 'Patch-\0Status\n\nb\n'],
  [
    'line ends in preformatted text',
    '<pre>one\r\ntwo\rthree&#13;four\n  five</pre>',
    'one\ntwo\nthree four\n  five\n',
  ],
  ['a name longer than any', `<${'blockquote'.repeat(3)}>one`, 'one\n'],
])('broken markup gives readable text: %s', (_, html, text) => {
  expect(textOf(html)).toBe(text)
})
