import { sha256 } from '../digest.ts'

/** Digits of the hash that keeps names apart which lose characters on the way to a file's name. */
const markDigits = 12

/**
 * A different name for each environment, also on disks that ignore case: a name with characters that files may not have
 * gets a hash, after a character that no environment's name holds.
 */
export function fileName({ environment }: { readonly environment: string }): string {
  const spelled = environment.replace(/[^A-Za-z0-9._-]/g, '-')
  if (spelled === environment && environment === environment.toLowerCase()) return environment
  return `${spelled}~${sha256(environment).slice(0, markDigits)}`
}

/** The name of the plan file of an environment, which a job that posts the plan has to know. */
export const planFileName = (inputs: { readonly environment: string }): string => `${fileName(inputs)}.plan.json`
