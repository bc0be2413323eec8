/** `under 1 s`, `48 s`, `4 min 12 s`, `1 h 2 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return 'under 1 s'
  const seconds = Math.round(milliseconds / 1000)
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`
  if (minutes > 0) return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`
  return `${rest} s`
}
