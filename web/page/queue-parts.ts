// The parts of the queue, in words.

export type QueuePart = 'running' | 'queued' | 'waiting' | 'ended'

export const queueParts: Readonly<Record<QueuePart, { readonly words: string; readonly meaning: string }>> = {
  running: { words: 'Running', meaning: '' },
  queued: { words: 'Queued', meaning: 'The first comes next' },
  waiting: {
    words: 'Waiting for a maintainer',
    meaning: 'A signed answer with this line lets it run',
  },
  ended: { words: 'Ended', meaning: 'Newest first' },
}

export const isQueuePart = (word: string): word is QueuePart => Object.hasOwn(queueParts, word)
