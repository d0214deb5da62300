// What the first mail of somebody whom the list does not know is, while nobody answered it and no word of the trade is in it: a
// question is a discussion, and whoever sells or lures is spam in any language.
import { describe, expect, it } from 'vitest'
import { topicsOf } from './posted.ts'

const kindOf = (subject: string, body: string) =>
  topicsOf([{ id: 's@x.org', subject, from: 'Sam Stranger <sam@example.com>', body }])[0]?.kind

describe('a short question is a discussion', () => {
  it.each([
    ['Where are the archives?', 'Hello,\n\nI cannot find them. Can somebody tell me where they are?\n\nSam'],
    ['hello', 'Hi all,\n\nis anybody here from Vienna? I would like to meet.\n'],
    ['meeting next week', 'At which time does it begin?\n'],
    ['How do I leave this list', 'I tried twice and nothing happened.\n'],
    ['Frage', 'Hallo,\n\nist das Treffen am Montag oder am Dienstag?\n'],
    ['question', 'Bonjour,\n\nqui peut me dire quand a lieu la prochaine rencontre ?\n'],
    ['Una duda', 'Hola,\n\n¿cuándo es la próxima reunión?\n'],
    ['请教一下', '大家好，下次会议在什么时候？\n'],
    ['質問', '次の会議はいつですか？\n'],
    ['Вопрос', 'Когда будет следующая встреча?\n'],
    ['Is there a logo?', 'I want to print it on a mug, see https://example.com/mug for how.\n'],
  ])('%s', (subject, body) => {
    expect(kindOf(subject, body)).toBe('discussion')
  })
})

describe('what sells or lures is spam', () => {
  it.each([
    ['Question', 'Hello, are you interested in our products? We are a leading supplier.\n'],
    ['Hello?', 'My name is Ava. How are you today?\n'],
    ['Quick question', 'Do you accept guest posts on your website?\n'],
    ['Frage', 'Sie wurden für eine Spende von 2.000.000 Euro ausgewählt. Ist diese Adresse aktiv?\n'],
    ['Pytanie', 'Dzień dobry,\nczy mógłbym przedstawić Państwu rozwiązanie?\n'],
    ['Dotaz', 'Dobré ráno,\nměli byste zájem o podlahy?\n'],
    ['Una pregunta', '¿Le interesa un préstamo?\n'],
    ['合作', '您好，贵公司需要产品吗？\n'],
    ['Did you get it?', 'I have not received your reply to my last message to you.\n'],
    ['Which one?', 'https://example.com/a https://example.com/b\n'],
    ['Need a loan?', 'Fast.\n'],
    ['Hello', `Is it not so? ${'It goes on and on and says nothing. '.repeat(10)}\n`],
  ])('%s', (subject, body) => {
    expect(kindOf(subject, body)).toBe('spam')
  })
})

it.each(['Open pump 3.4.0 available', 'pump 3.4 is available', 'pump 3.4.0 is out'])(
  'a release is announced: %s',
  subject => {
    expect(kindOf(subject, 'We are pleased to announce it.\n')).toBe('announcement')
  },
)
