import { expect, test } from 'vitest'
import { mailText } from '../../web/part/mail-text.ts'

const show = (body: string, known: string[] = []) =>
  String(mailText(body, { list: 'tarn', known: new Set(known), rest: '/raw', bytesMax: 100_000 }))

const quote = (count: number) => Array.from({ length: count }, (_, index) => `> line ${index + 1}`).join('\n')

test('prose flows, listings keep their shape, trailers are bold, a signature steps back', () => {
  const page = show(
    'Two lines\nof prose.\n\n  indented\n\n\tand more\n\n- a\n- b\n\nReviewed-by: A <a@example.org>\n\n-- \nInes\n',
  )
  expect(page).toContain('<p>Two lines\nof prose.</p>')
  expect(page).toContain('<pre tabindex="0">  indented\n\n\tand more</pre>')
  expect(page).toContain('<pre class="t">- a\n- b</pre>')
  expect(page).toContain('<pre class="t"><b>Reviewed-by: A &lt;a@example.org&gt;</b></pre>')
  expect(page).toContain('<pre class="t soft">-- \nInes</pre>')
})

test('a short quote is shown, a long one folds except the lines that the answer is about', () => {
  expect(show(`${quote(3)}\nYes.\n`)).not.toContain('<details')
  const page = show(`A wrote:\n\n${quote(30)}\n>\nYes.\n`)
  expect(page).toContain('<p class="q">A wrote:</p><details><summary>26 quoted lines</summary>')
  expect(page).toContain(
    '</details><p class="q">&gt; line 27\n&gt; line 28\n&gt; line 29\n&gt; line 30</p><p>Yes.</p>',
  )
})

test('a quote that nobody answers folds whole', () => {
  expect(show(`Yes.\n\n${quote(3)}\n`)).toContain('<details><summary>3 quoted lines</summary>')
})

test('web addresses and mails of the topic are links, and nothing else is', () => {
  const page = show(
    'See https://example.org/a?b=1&c=(d). Or (http://example.com/x), <v1@example.org>, other@example.org,\n' +
      'javascript:alert(1) ftp://example.org file:///etc/passwd xhttps://y data:text/html,z\n',
    ['v1@example.org'],
  )
  const links = [...page.matchAll(/href="([^"]*)"/g)].map(match => match[1])
  expect(links).toEqual([
    'https://example.org/a?b=1&amp;c=(d)',
    'http://example.com/x',
    '/tarn/v1@example.org/',
    'https://y',
  ])
})

test('a diff folds behind a line that says what it touches', () => {
  const page = show('Try this:\n\n--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n')
  expect(page).toMatch(/<details><summary>Diff, x\.c, .*\+1.*−1/)
  expect(page).toContain('<del>-a</del><ins>+b</ins>')
})

test('a text that is too long is cut, with the way to the rest', () => {
  const page = show('word '.repeat(50_000))
  expect(page.length).toBeLessThan(101_000)
  expect(page).toContain('<a href="/raw">Read all of it as it came</a>')
})
