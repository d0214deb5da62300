/** "0.4 s", "41 s", "1 min 48 s", "2 h 5 min". */
export function secondsText(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, Math.round(seconds * 10) / 10)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`
}
