import type { Rules } from '../../../src/compare/rules.ts'
import { tags } from '../../../src/flavors/rules/shared.ts'

export const capacityProviderRules: Rules = { name: {}, ...tags }
