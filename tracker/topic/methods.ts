// By what a mail can be authenticated, and how each is called. A new method is an entry here, one in ingest/auth/worth.ts, and
// a check that ingest/auth/examine.ts asks for.

interface Words {
  /** Before the signer's name. */
  readonly of: string
  /** The signer, where the signature names none. */
  readonly nameless: string
}

export const methods = {
  outbox: { of: 'our own outbox, as', nameless: 'ourselves' },
  OpenPGP: { of: 'OpenPGP key', nameless: 'a broken signature' },
  patatt: { of: 'patatt of', nameless: 'a signature' },
  DKIM: { of: 'DKIM of', nameless: 'many' },
  ARC: { of: 'ARC of', nameless: 'a broken chain' },
  'Authentication-Results': { of: 'Authentication-Results of', nameless: 'a server' },
  SPF: { of: 'SPF of', nameless: 'a server' },
} as const satisfies Record<string, Words>

export type Method = keyof typeof methods
