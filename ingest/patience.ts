// How long a client may take over one mail, from its first word or the answer to its last mail to the end of the next.
// The idle timeout alone ends only who is silent: a client that sends a byte every few seconds would stay for ever.

export interface Patience<Session> {
  enter(session: Session): void
  /** Its mail is in: now it waits for us. */
  pause(session: Session): void
  /** Its mail was answered: the time for the next one runs. */
  resume(session: Session): void
  leave(session: Session): void
}

/** `tooSlow` is called when the time is over. */
export function startPatience<Session>(
  secondsMax: number,
  tooSlow: (session: Session) => void,
): Patience<Session> {
  const timers = new Map<Session, NodeJS.Timeout | undefined>()
  const pause = (session: Session) => {
    clearTimeout(timers.get(session))
    // A client may be gone before its mail is answered.
    if (timers.has(session)) timers.set(session, undefined)
  }
  const start = (session: Session) => {
    pause(session)
    timers.set(session, setTimeout(() => tooSlow(session), secondsMax * 1000).unref())
  }
  return {
    enter: start,
    pause,
    resume(session) {
      if (timers.has(session)) start(session)
    },
    leave(session) {
      pause(session)
      timers.delete(session)
    },
  }
}
