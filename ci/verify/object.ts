// The bytes of an object that carries a signature. Its size is asked first: whoever may push can push one of any size.
import { askGit } from '../../base/git.ts'
import { limits } from '../../base/limits.ts'
import type { Answer } from '../../base/program.ts'
import { Refusal } from './verdict.ts'

/** `what` begins the sentence of the `Refusal` that a large one is answered with; the answer of git is the caller's. */
export async function readSignedObject(
  directory: string,
  type: 'commit' | 'blob',
  id: string,
  what: string,
): Promise<Answer> {
  const size = await askGit(directory, ['cat-file', '-s', id])
  if (size.code === 0 && Number(size.out) > limits.signedBytesMax)
    throw new Refusal(`${what} has more than ${limits.signedBytesMax} bytes`)
  return askGit(directory, ['cat-file', type, id])
}
