/** What a request is answered when nothing of it is done. The message is for the person who runs b4. */
export class Refusal extends Error {
  readonly status: 400 | 403 | 409 | 413 | 429 | 503

  constructor(status: Refusal['status'], message: string) {
    super(message)
    this.status = status
  }
}
