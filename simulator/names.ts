import { createHash } from 'node:crypto'
import { invalidParameter } from './errors.ts'

/** Ids that seem random and are the same in every run. */
export class Ids {
  #count = 0

  constructor(readonly seed: string) {}

  /** As in the ARNs of tasks and container instances: 32 hex digits. */
  hex(): string {
    return createHash('sha256')
      .update(`${this.seed}/${this.#count++}`)
      .digest('hex')
      .slice(0, 32)
  }

  uuid(): string {
    return this.hex().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  /** As in `ecs-pause-…`, the id of a hook that waits: 43 characters that fit into an address. */
  token(): string {
    return Buffer.from(this.hex() + this.hex(), 'hex').toString('base64url')
  }

  /** As in `ecs-svc/1234567890123456789`: 19 digits, never with a leading zero. */
  digits(): string {
    const digits = BigInt(`0x${this.hex()}`) % 9_000_000_000_000_000_000n
    return String(digits + 1_000_000_000_000_000_000n)
  }
}

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

export function ecsArn(region: string, accountId: string, resource: string): string {
  return `arn:${partitionOf(region)}:ecs:${region}:${accountId}:${resource}`
}

/** The text after the last slash of an ARN; a plain name is returned unchanged. */
export function shortName(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1)
}

/** ECS takes names of letters, digits, hyphens and underscores. */
export function checkName(what: string, name: string): void {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
    throw invalidParameter(
      `${what} contains invalid characters. It may hold up to 255 letters, numbers, hyphens and underscores.`,
    )
}
