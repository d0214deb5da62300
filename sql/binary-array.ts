// Many values of bytes as one parameter of a statement, in PostgreSQL's binary form (`array_recv`): as text each byte
// would be two letters, and a list of parameters would be another statement for each number of values.

/** A parameter of type bytea[], or of tsvector[] when the items are what `tsvectorrecv` reads. */
export function binaryArray(type: keyof typeof oids, items: readonly Buffer[]): Buffer {
  if (items.length === 0) return Buffer.concat([0, 0, oids[type]].map(int32))
  // One dimension, no nulls, the type, how many, counted from 1.
  const head = [1, 0, oids[type], items.length, 1]
  return Buffer.concat([...head.map(int32), ...items.flatMap(item => [int32(item.length), item])])
}

/** Of pg_type.dat, the same in every PostgreSQL. */
const oids = { bytea: 17, tsvector: 3614 } as const

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}
