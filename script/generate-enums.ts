/**
 * Makes src/schema/enums.ts: which member takes which enum. The SDK's run-time schema does not tell, its type declarations
 * do. With --check nothing is written, and a stale table is a failure.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { flavors } from '../src/flavors/index.ts'
import { type StructType, type Type, typeOf } from '../src/schema/types.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'src/schema/enums.ts')
const sdk = dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-ecs/package.json'))

/** The SDK's version, whose words these are. */
export const version: string = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8')).version

/** What the SDK's type declarations know beyond its run-time schema. */
export interface Declarations {
  /** Enum → its values. */
  readonly enums: ReadonlyMap<string, readonly string[]>
  /** `Shape.member` → the name of its type, or of its elements' type. */
  readonly types: ReadonlyMap<string, string>
  /** `Shape.member` → its documentation comment, as written. */
  readonly comments: ReadonlyMap<string, string>
}

/** Reads the SDK's `.d.ts` files. */
export function readDeclarations(): Declarations {
  const enums = new Map<string, readonly string[]>()
  const types = new Map<string, string>()
  const comments = new Map<string, string>()
  for (const file of ['enums', 'models_0', 'models_1']) {
    const path = join(sdk, 'dist-types/models', `${file}.d.ts`)
    const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
    for (const statement of source.statements) {
      if (ts.isVariableStatement(statement)) readEnums(statement, enums)
      if (ts.isInterfaceDeclaration(statement)) readMembers(statement, statement.name.text, types, comments)
      // A union is an alias of literals' union and a namespace that documents each of its members.
      if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
        for (const inner of statement.body.statements) {
          if (ts.isInterfaceDeclaration(inner)) readMembers(inner, statement.name.text, types, comments)
        }
      }
    }
  }
  return { enums, types, comments }
}

function readEnums(statement: ts.VariableStatement, enums: Map<string, readonly string[]>): void {
  for (const { name, type } of statement.declarationList.declarations) {
    if (!type || !ts.isTypeLiteralNode(type)) continue
    const values = type.members.flatMap(member => {
      const literal =
        ts.isPropertySignature(member) && member.type && ts.isLiteralTypeNode(member.type)
          ? member.type.literal
          : undefined
      return literal && ts.isStringLiteral(literal) ? [literal.text] : []
    })
    enums.set(name.getText(), values)
  }
}

function readMembers(
  of: ts.InterfaceDeclaration,
  shape: string,
  types: Map<string, string>,
  comments: Map<string, string>,
): void {
  for (const member of of.members) {
    if (!ts.isPropertySignature(member) || !member.type) continue
    const key = `${shape}.${member.name.getText()}`
    const name = referenced(member.type)
    if (name && !types.has(key)) types.set(key, name)
    const [comment] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc)
    if (comment && !comments.has(key)) comments.set(key, comment.getText())
  }
}

/** `LaunchType` of `LaunchType | undefined` and `Compatibility` of `Compatibility[] | undefined`. */
function referenced(type: ts.TypeNode): string | undefined {
  if (ts.isUnionTypeNode(type)) return type.types.map(referenced).find(name => name !== undefined)
  if (ts.isArrayTypeNode(type)) return referenced(type.elementType)
  return ts.isTypeReferenceNode(type) ? type.typeName.getText() : undefined
}

/** Every shape that a manifest can reach, by name. */
export function reachable(): ReadonlyMap<string, StructType> {
  const shapes = new Map<string, StructType>()
  const visit = (type: Type): void => {
    if (type.kind === 'list' || type.kind === 'map') visit(type.of)
    if (type.kind !== 'struct' || shapes.has(type.name)) return
    shapes.set(type.name, type)
    for (const member of type.members.values()) visit(member)
  }
  for (const { model } of Object.values(flavors)) if (model) visit(typeOf(model))
  return shapes
}

/** The text of enums.ts. */
export function generateEnums(): string {
  const { enums, types } = readDeclarations()
  const shapes = [...reachable().values()].flatMap(({ name, members }) => {
    const entries = [...members.keys()].flatMap(member => {
      const type = types.get(`${name}.${member}`)
      return type && enums.has(type) ? [`${member}: ecs.${type}`] : []
    })
    return entries.length > 0 ? [object(name, entries)] : []
  })
  return [
    `// Made by script/generate-enums.ts from the types of @aws-sdk/client-ecs ${version}. Run it again, do not edit.`,
    '',
    "import * as ecs from '@aws-sdk/client-ecs'",
    '',
    '/** Which enum a member takes, by shape. */',
    'export const enums: Readonly<Record<string, Readonly<Record<string, object>>>> = {',
    // Code units, not a locale: the same bytes everywhere.
    ...shapes.sort(),
    '}',
    '',
  ].join('\n')
}

/** A member that is an object, as the formatter would lay it out. */
function object(name: string, entries: readonly string[]): string {
  const line = `  ${name}: { ${entries.join(', ')} },`
  return line.length <= 120 ? line : `  ${name}: {\n${entries.map(entry => `    ${entry},\n`).join('')}  },`
}

/** Writes a generated file, or with --check says whether it is stale. */
export function writeOrCheck(file: string, text: string, command: string): void {
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${file} is stale: run ${command}\n`)
    process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeOrCheck(target, generateEnums(), 'npx tsx script/generate-enums.ts')
