import type { Vocabulary } from '../../schema/vocabulary.ts'

/** `InstanceId` alone, spelled as EC2 does. */
export const vocabulary = {
  name: 'ec2_instance',
  ownMembers: { InstanceId: { kind: 'text' } },
  open: true,
  refused: {},
  required: ['InstanceId'],
  aliases: {},
  needs: {},
  options: {},
  identifiedBy: ['InstanceId'],
  referredByName: true,
  description: 'An EC2 instance: a reference, never changed.',
  descriptions: { InstanceId: 'The EC2 instance, which is never changed.' },
} satisfies Vocabulary
