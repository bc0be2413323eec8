import type { Rules } from '../../../src/compare/rules.ts'
import { sharedRules, tags } from '../../../src/flavors/rules/shared.ts'

export const capacityProviderRules: Rules = { ...sharedRules, CreateCapacityProviderRequest: { tags } }
