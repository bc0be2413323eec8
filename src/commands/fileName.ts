import { sha256 } from '../digest.ts'

/** Digits of the mark that tells names apart which lost something on the way to a file's name. */
const markDigits = 12

/**
 * A name of its own for each environment, also on disks that ignore case: one that has to be spelled otherwise gets a mark
 * behind a character that no environment's name holds.
 */
export function fileName({ environment }: { readonly environment: string }): string {
  const spelled = environment.replace(/[^A-Za-z0-9._-]/g, '-')
  if (spelled === environment && environment === environment.toLowerCase()) return environment
  return `${spelled}~${sha256(environment).slice(0, markDigits)}`
}
