import type { TopicKind } from './topic.ts'

/** What a topic is called where its kind is told. */
export const kindWords: Record<TopicKind, string> = {
  patchset: 'Patchset',
  bug: 'Bug',
  discussion: 'Discussion',
  report: 'Report',
  announcement: 'Announcement',
  spam: 'Spam',
}
