import { describe, expect, it } from 'vitest'
import { parseSubject } from '../../../tracker/mail/subject.ts'

type Expected = [title: string, version: number | null, number: number | null, total: number | null]

const subjects: Record<string, Expected> = {
  '[PATCH] tarn: fix the lock': ['tarn: fix the lock', null, null, null],
  '[PATCH v3 2/5] wal: wake followers': ['wal: wake followers', 3, 2, 5],
  '[tarn] [PATCH net v3 2/5] x': ['x', 3, 2, 5],
  '[PATCH nf,v3 01/14] x': ['x', 3, 1, 14],
  '[PATCH nft 3/3,v2] x': ['x', 2, 3, 3],
  '[PATCHv2 nf 1/2] x': ['x', 2, 1, 2],
  '[RESEND 1/2] x': ['x', null, 1, 2],
  '[v5,2/2] x': ['x', 5, 2, 2],
  '[V3 0/5] x': ['x', 3, 0, 5],
  '[PATCH v11.1] x': ['x', null, null, null],
  '[PATCH v7a 3/8] x': ['x', 7, 3, 8],
  'RFC:[PATCH v1] x': ['x', 1, null, null],
  '[PATH nf v3] x': ['x', 3, null, null],
  '[PATCH v8] [v7,2/2] x': ['x', 8, 2, 2],
  '[RFC nf-next 1/3] x': ['x', null, 1, 3],
  '[-stable,6.1 17/17] x': ['x', null, 17, 17],
  '[PATCH [net] 1/2] nested': ['nested', null, 1, 2],
  '[PATCH 0/3] a better pager (v2)': ['a better pager', 2, 0, 3],
  'Re: [PATCH v2 1/1] x': ['x', 2, 1, 1],
  'AW: Re: [tarn] [PATCH] x': ['x', null, null, null],
  '回复：[PATCH v2] x': ['x', 2, null, null],
  '[PATCH1/3] x': ['x', null, 1, 3],
  '[PATCH-2/3] x': ['x', null, 2, 3],
  '[PATCH v2-1/3] x': ['x', 2, 1, 3],
  '[PATCH 1 / 3] x': ['x', null, 1, 3],
  '[PATCH 1 of 3] x': ['x', null, 1, 3],
  '[PATCH 2 of 3 V4] x': ['x', 4, 2, 3],
  '[PATCH 1/3v2] x': ['x', 2, 1, 3],
  '[PATCH v3 (2/3)] x': ['x', 3, 2, 3],
  '[PATCH 2.5/3] x': ['x', null, 2.5, 3],
  '[PATCH] (1/3) x': ['x', null, 1, 3],
  '[PATCH v2] 1/3: x': ['x', 2, 1, 3],
  '[PATCH] x (2/3)': ['x', null, 2, 3],
  '[PATCH] x (3/2)': ['x (3/2)', null, null, null],
  '**SPAM** [PATCH v2] x': ['x', 2, null, null],
  '***** SPAM ***** [PATCH v2 1/2] x': ['x', 2, 1, 2],
  '{Spam?} [PATCH] x': ['x', null, null, null],
  'Re: [EXTERNAL] Re: [PATCH v2] x': ['x', 2, null, null],
  'EXTERNAL: [PATCH v2] x': ['x', 2, null, null],
  '***UNCHECKED*** [PATCH v3 1/1] x': ['x', 3, 1, 1],
  '[PATCH] deps: move to engine [V8]': ['deps: move to engine [V8]', null, null, null],
  '[PATCH (v4) 1/3] x': ['x', 4, 1, 3],
  '[PATCH {v2}] x': ['x', 2, null, null],
  '[PATCH take 2] x': ['x', 2, null, null],
  '[PATCH rev3 1/2] x': ['x', 3, 1, 2],
  '[PATCH version 2 1/3] x': ['x', 2, 1, 3],
  '[PATCH V2/1/3] x': ['x', 2, 1, 3],
  '[PATCH v2]: x': ['x', 2, null, null],
  '[PATCH] x [2/3]': ['x', null, 2, 3],
  '[PATCH] c++, v2: free it': ['c++: free it', 2, null, null],
  '[PATCH] c++: free it, v3': ['c++: free it', 3, null, null],
  '[PATCH try-5.10] x': ['x', null, null, null],
  'a talk, v3': ['a talk, v3', null, null, null],
  'SPAM: Re: [PATCH v2] x': ['x', 2, null, null],
  '[PATCH 2 1/3] x': ['x', 2, 1, 3],
  '[PATCH2 1/3] x': ['x', 2, 1, 3],
  '[PATCH #3 0/2] x': ['x', 3, 0, 2],
  '[PATCH 1] x': ['x', null, null, null],
  '[RFC2] x': ['x', 2, null, null],
  '[RFC v2] x': ['x', 2, null, null],
  '[PATCH r2] x': ['x', 2, null, null],
  '[PATCH r3 1/2] x': ['x', 3, 1, 2],
  '[PATCH r8152] x': ['x', null, null, null],
  '[r2] x': ['x', null, null, null],
  '[PATCH V 2] x': ['x', 2, null, null],
  '[PATCH_v2_1/3] x': ['x', 2, 1, 3],
  '【PATCH】x': ['x', null, null, null],
  'Re: 【PATCH v3】：x': ['x', 3, null, null],
  '［PATCH 1/2］ x': ['x', null, 1, 2],
  '[PATCH] v2: x': ['x', 2, null, null],
  '[PATCH] v4l2: x': ['v4l2: x', null, null, null],
  '[PATCH] x - v2': ['x', 2, null, null],
  '[PATCH] x, version 3': ['x', 3, null, null],
  '[PATCH] x (take 2)': ['x', 2, null, null],
  '[PATCH] add the API v2': ['add the API v2', null, null, null],
  'PATCH v2 1/3: x': ['x', 2, 1, 3],
  'Re: PATCH v2 1/3 x': ['x', 2, 1, 3],
  'PATCH: x': ['x', null, null, null],
  'patch: keep the mode': ['patch: keep the mode', null, null, null],
  'patch v2: x': ['x', 2, null, null],
  'PATCH v2 rocks': ['PATCH v2 rocks', null, null, null],
  '[not closed': ['[not closed', null, null, null],
  '': ['', null, null, null],
}

describe('a subject', () => {
  it.each(Object.entries(subjects))('%j is read as %j', (text, [title, version, number, total]) => {
    expect(parseSubject(text)).toMatchObject({ title, version, number, total })
  })

  it('tells an answer in any language, and a posting', () => {
    expect(parseSubject('Re: [PATCH] x').reply).toBe(true)
    expect(parseSubject('Re[2]: [PATCH] x').reply).toBe(true)
    expect(parseSubject('SV: x').reply).toBe(true)
    expect(parseSubject('Re: [PATCH] fw: carry it over').title).toBe('fw: carry it over')
    for (const word of ['fw', 'tr', 'wg', 'Re', 'sv'])
      expect(parseSubject(`[PATCH] ${word}: not an answer`).reply).toBe(false)
    expect(parseSubject('Recover from a torn page').reply).toBe(false)
  })

  it('takes a short word for a reply word in an answer only, or before a bracket', () => {
    for (const word of ['R', 'I', 'RES', 'RV', 'ENC', 'PD', 'Vá', 'Betr']) {
      expect(parseSubject(`${word}: [PATCH] x`).reply).toBe(true)
      expect(parseSubject(`${word}: a title`, undefined, true).reply).toBe(true)
    }
    expect(parseSubject('r: fix the build').reply).toBe(false)
    expect(parseSubject('pre: run first').reply).toBe(false)
    expect(parseSubject('Re(2): x').reply).toBe(true)
    expect(parseSubject('ATB: [PATCH] x', undefined, true).reply).toBe(true)
    expect(parseSubject('RFC: [PATCH] x', undefined, true).reply).toBe(false)
    expect(parseSubject('İLT: x').reply).toBe(true)
  })

  it('takes a word of any language for a reply word before what a gateway wrote, too', () => {
    for (const subject of [
      'Réf : **SPAM** [PATCH v2 1/3] x',
      'ATB: {Spam?} [PATCH v2 1/3] x',
      'Atsakymas: [EXT] [PATCH v2 1/3] x',
      'YNT: EXTERNAL: [PATCH v2 1/3] x',
      'Odg: *** SPAM *** [PATCH v2 1/3] x',
    ])
      expect(parseSubject(subject, undefined, true), subject).toMatchObject({
        reply: true,
        title: 'x',
        version: 2,
        number: 1,
      })
    expect(parseSubject('Réf : un titre').reply).toBe(true)
    expect(parseSubject('Ping: **SPAM** [PATCH] x', undefined, true).reply).toBe(false)
    expect(parseSubject('Docs: **all** of them', undefined, true).reply).toBe(false)
    expect(parseSubject('ref: fix the count').reply).toBe(false)
  })

  it('leaves open whether a dotted version is one or a branch', () => {
    expect(parseSubject('[PATCH v11.1] x')).toMatchObject({ version: null, dotted: 11, tags: ['v11.1'] })
    expect(parseSubject('[PATCH v5.10 v2] x')).toMatchObject({ version: 2, dotted: 5 })
  })

  it('tells the subsystem from what a patch does', () => {
    expect(parseSubject('[PATCH] net: phy: stop it in time').deed).toBe('stop it in time')
    expect(parseSubject('[PATCH] stop it').deed).toBe('stop it')
  })

  it('takes a rebase for a posting sent again', () => {
    for (const word of ['RESEND', 'rebased', 're-based', 'updated', 'respin'])
      expect(parseSubject(`[PATCH ${word}] x`)).toMatchObject({ resend: true, tags: [] })
  })

  it('keeps the words that are not about the posting as tags', () => {
    expect(parseSubject('[tarn] [PATCH net-next v2 1/2] x').tags).toEqual(['tarn', 'net-next'])
    expect(parseSubject('[BUG v1.2] crash').tags).toContain('BUG')
  })

  it('compares titles by their letters and digits', () => {
    expect(parseSubject('[PATCH] Wal:  Wake-up!').key).toBe(parseSubject('[PATCH v2] wal: wake up').key)
  })

  it('stays quick on a hostile subject', () => {
    const began = performance.now()
    for (const text of [
      '['.repeat(200_000),
      'Re: '.repeat(100_000),
      '[v'.repeat(100_000),
      `${'a'.repeat(100_000)}]`,
    ])
      parseSubject(text)
    expect(performance.now() - began).toBeLessThan(500)
  })
})
