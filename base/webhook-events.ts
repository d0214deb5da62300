/** What a webhook can hear of, by the names that patchwork has for its events where it has one. */
export const webhookEvents = [
  'cover-created',
  'patch-created',
  'patch-completed',
  'series-created',
  'series-completed',
  'patch-state-changed',
  'patch-delegated',
  'comment-created',
  'check-created',
  'bug-created',
  'bug-status-changed',
] as const

export type WebhookEvent = (typeof webhookEvents)[number]
