/** How AWS names regions and resources. */

/** A region's name: `us-east-1`, `us-gov-west-1`. The form is that of the SDK's partitions (`regionRegex`). */
export const regionPattern = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/

/** `us-east-1`: the form of a region's name, known or not. */
export const isRegion = (text: string): boolean => regionPattern.test(text)

/** The region of an ARN; undefined for an ARN without a region, such as a role's, and for a plain name. */
export const arnRegion = (text: string): string | undefined => /^arn:[^:]*:[^:]*:([^:]+):/.exec(text)?.[1]

/** `main` of `arn:aws:ecs:us-east-1:123456789012:cluster/main`, and of `main`. */
export const nameOf = (arnOrName: string): string => arnOrName.slice(arnOrName.lastIndexOf('/') + 1)

/** `web` of a revision's ARN, and of `web:7`. */
export const familyOf = (arnOrName = ''): string => nameOf(arnOrName).replace(/:\d+$/, '')
