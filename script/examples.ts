/** The examples of examples/workflows, as their first comment describes them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Folder of the examples, from the root. */
export const examplesFolder = 'examples/workflows'

/** The examples, in the order in which a newcomer reads them. */
export const exampleNames: readonly string[] = [
  'one-step',
  'release',
  'reusable',
  'several-environments',
  'approved-digest',
  'approve-rollout',
  'rights-apart',
  'drift',
]

/** A role that an example assumes. */
export interface Role {
  /** The variable, or the member of the list of environments, that holds its ARN. */
  readonly name: string
  /** What its trust policy compares the subject with, without `repo:ORG/REPO:`. `*` stands for any text, a capital word for a name. */
  readonly subjects: readonly string[]
}

/** What an example says of itself before anything else. */
export interface Example {
  /** Its first sentence. */
  readonly about: string
  readonly roles: readonly Role[]
}

/** Reads the first comment of a workflow. Roles stand three columns in, lines that go on with one five. */
export function exampleOf(text: string): Example {
  const [head = ''] = /^(#.*\n)*/.exec(text) ?? []
  const [, about = ''] = /^([\s\S]*?[.?])\s/.exec(head.replace(/^# ?/gm, '')) ?? []
  const roles = [...head.matchAll(/^# {3}([\w-]+): (.*\n(?:# {5}.*\n)*)/gm)].map(([, name = '', stated = '']) => ({
    name,
    subjects: [...stated.matchAll(/repo:ORG\/REPO:([^\s,]+)/g)].map(([, subject = '']) => subject),
  }))
  return { about: about.replace(/\n/g, ' '), roles }
}

/** An example by its name, from the repository at `root`. */
export const readExample = (root: string, name: string): Example =>
  exampleOf(readFileSync(join(root, examplesFolder, `${name}.yml`), 'utf8'))
