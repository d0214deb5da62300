// A token is in the mail that carries it and nowhere else: the database knows it by its hash.
import { createHash } from 'node:crypto'

export const tokenHash = (token: string): Buffer => createHash('sha256').update(token.toLowerCase()).digest()
