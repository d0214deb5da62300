// A topic as its line of `export state` (a contract: design "export state", accept/score.py reads it).
import { givenTrailers } from '../topic/reviews.ts'
import type { Finding, Topic } from '../topic/topic.ts'

/** JSON without line end. Addresses in lower case, ids without brackets, keys in a fixed order. */
export function exportLine(topic: Topic, list: string, number: number | null | undefined): string {
  return JSON.stringify({
    kind: topic.kind,
    id: topic.id,
    title: topic.title,
    author: topic.author.address || topic.author.name,
    state: topic.state,
    list,
    revisions: topic.revisions.map(({ version, total, cover, pullRequest, completeness, patches }) => ({
      version,
      total,
      cover,
      pull_request: pullRequest,
      completeness,
      patches: patches.map(({ number, id, state }) => ({ number, mid: id, state })),
    })),
    // Each where it was given: what a cover in another patchset got is in that one's line.
    trailers: givenTrailers(topic)
      .filter(({ shared }) => !shared)
      .map(({ mail, on, key, who }) => ({ mail, on, key, who: who.address || who.name })),
    // Notices only; what is said in passing shows in the states.
    applied: topic.applied.filter(({ passing }) => !passing).map(({ mail, commit }) => ({ mail, commit })),
    checks: topic.checks.map(({ mail, on, context, state }) => ({ mail, on, context, state })),
    ...(topic.findings ? { findings: topic.findings.map(findingLine) } : {}),
    bug: topic.bug && {
      ...(number === undefined ? {} : { number }),
      type: topic.bug.type,
      status: topic.bug.status,
      severity: topic.bug.severity,
      labels: topic.bug.labels,
    },
    robots: topic.robots.map(robot => ({ mail: robot.mail, class: robot.class })),
    mails: topic.mails.map(mail => mail.id).sort(),
  })
}

const findingLine = ({ mail, on, number, severity, word, origin, file, line, text, dismissed }: Finding) => ({
  mail,
  on,
  number,
  severity,
  word,
  origin,
  file,
  line,
  text,
  dismissed: dismissed ? dismissed.mail : null,
})
