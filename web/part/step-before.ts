// How a step went in the builds before, each with its time and its page: whether a failure is new, and whether a branch has it, too.
import { html } from 'hono/html'
import { secondsText } from '../../base/seconds-text.ts'
import { paths } from '../paths.ts'
import type { StepBefore } from '../read/step-before.ts'
import { branchText, buildLook, nightlyText } from './build-look.ts'
import type { BuildView } from './build-view.ts'
import { dayOf, type Html, visible } from './text.ts'

export const stepBeforeSection = ({ before, row }: BuildView): Html | string =>
  before === null || before.builds.length === 0
    ? ''
    : html`<section><h2><bdi>${visible(before.step)}</bdi> before</h2><ul class="quiet">${before.builds.map(one => beforeItem(one, row.ref))}</ul></section>`

function beforeItem(one: StepBefore, ref: string): Html {
  const { sign, word, tone } = buildLook(one.outcome)
  return html`<li><a class="chip txt ${tone}" href="${paths.build(one.number)}"><span aria-hidden="true">${sign}</span> <bdi>${nameOf(one, ref)}</bdi><span class="vh"> ${word}</span></a> <span class="soft">${secondsText(one.seconds)}, ${dayOf(one.endedAt.getTime())}</span></li>`
}

function nameOf({ kind, version, ref, number }: StepBefore, own: string): string {
  if (kind === 'patchset') return `v${version}, build ${number}`
  if (kind === 'nightly') return nightlyText({ ref })
  return ref === own ? `build ${number}` : `${branchText(ref)}, build ${number}`
}
