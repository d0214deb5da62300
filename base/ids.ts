// Ids are branded strings and numbers: each is made at one gate, so a function that wants a Message-ID
// cannot be handed a subject.

/** A Message-ID without its angle brackets, as the mail spells it. */
export type MessageId = string & { readonly messageId: unique symbol }
/** The row id of a list. */
export type ListId = number & { readonly listId: unique symbol }
/** A mail's place in the log of its list; grows with arrival and means nothing else. */
export type Seq = string & { readonly seq: unique symbol }
/** The row id of a cluster, mails that are seen together; the database gives it. */
export type ClusterId = string & { readonly clusterId: unique symbol }
/** An id as rows and their indexes have it; `indexKey` (key.ts) makes it. */
export type IndexKey = string & { readonly indexKey: unique symbol }

/** The Message-ID gate: `<a@b>` or a bare `a@b`; surrounding space and brackets are dropped. */
export const messageId = (text: string): MessageId => text.trim().replace(/^<|>$/g, '') as MessageId
export const listId = (id: number): ListId => id as ListId
/** The cluster of rows whose cluster is being made again. */
export const noCluster = '0' as ClusterId
/** `pg` gives a bigint as a string and we keep it so: it is compared and printed, never added to. */
export const seq = (value: string | number | bigint): Seq => String(value) as Seq
